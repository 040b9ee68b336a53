using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Benchmarks.Experiments;

/// <summary>The families with the training split drawn at the levels of the held-out splits. Held-out items are those of the default options.</summary>
internal static class EffectFamilies
{
    /// <summary>Gets all families by id.</summary>
    public static IReadOnlyDictionary<string, ITaskFamily> ByHeldOutLevel { get; } = new ITaskFamily[]
    {
        new ArithmeticFamily(Of(new ArithmeticOptions(), options => options with { Difficulty = options.HeldOutDifficulty ?? options.Difficulty })),
        // Depth 6 is kept out of training by the family itself; 8 of 9 held-out questions have depth 5.
        new TransformFamily(new TransformOptions { Difficulty = new DifficultyMix(0, 0, 0, 0, 1) }),
        new LookupFamily(Of(new LookupOptions(), options => options with { Difficulty = options.HeldOutDifficulty ?? options.Difficulty })),
        new ToolsFamily(Of(new ToolsOptions(), options => options with { Difficulty = options.HeldOutDifficulty ?? options.Difficulty })),
        new ListingFamily(Of(new ListingOptions(), options => options with { Difficulty = options.HeldOutDifficulty ?? options.Difficulty })),
        new ProgramsFamily(Of(new ProgramsOptions(), options => options with { Difficulty = options.HeldOutDifficulty ?? options.Difficulty })),
    }.ToDictionary(family => family.Id, StringComparer.Ordinal);

    private static T Of<T>(T options, Func<T, T> change) => change(options);
}
