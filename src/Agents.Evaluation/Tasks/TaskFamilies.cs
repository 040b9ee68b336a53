using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Evaluation.Tasks;

/// <summary>The built-in families with their default options.</summary>
public static class TaskFamilies
{
    /// <summary>Gets all families in a fixed order: arithmetic, transform, lookup, tools, listing, program, code.</summary>
    public static IReadOnlyList<ITaskFamily> All { get; } =
    [
        new ArithmeticFamily(),
        new TransformFamily(),
        new LookupFamily(),
        new ToolsFamily(),
        new ListingFamily(),
        new ProgramsFamily(),
        new CodeFamily(),
    ];

    /// <summary>Gets families of which no embedded model has seen a problem: what of them it can, it learned elsewhere or later.</summary>
    public static IReadOnlyList<ITaskFamily> Untrained { get; } =
    [
        new TransformFamily(TransformFamily.RenamedId, new TransformOptions { Difficulty = new DifficultyMix(1), HeldOutDifficulty = null, Functions = [.. TransformFunctions.Renamed.Select(function => function.Name)] }),
        new ToolsFamily(ErrandCatalog.Options),
    ];

    /// <summary>Finds a family by id, untrained ones too.</summary>
    /// <param name="id">Id of the family.</param>
    /// <exception cref="EvaluationException">There is none; the message lists the ids.</exception>
    public static ITaskFamily Find(string id) => All.Concat(Untrained).FirstOrDefault(family => family.Id == id)
        ?? throw new EvaluationException($"There is no task family '{id}'. Families: {string.Join(", ", All.Concat(Untrained).Select(family => family.Id))}.");
}
