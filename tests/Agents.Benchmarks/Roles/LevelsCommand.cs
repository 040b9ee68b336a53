using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Code;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Benchmarks.Roles;

/// <summary>The command <c>levels</c>: direct accuracy per family and level on the validation split. It is what the levels of the held-out splits are set by.</summary>
internal static class LevelsCommand
{
    private const ulong Seed = 5;

    private static readonly (int Levels, Func<DifficultyMix, ITaskFamily> Create)[] Families =
    [
        (6, mix => new ArithmeticFamily(new ArithmeticOptions { HeldOutDifficulty = mix })),
        (6, mix => new TransformFamily(new TransformOptions { HeldOutDifficulty = mix })),
        (4, mix => new LookupFamily(new LookupOptions { HeldOutDifficulty = mix })),
        (4, mix => new ToolsFamily(new ToolsOptions { HeldOutDifficulty = mix })),
        (4, mix => new ListingFamily(new ListingOptions { HeldOutDifficulty = mix })),
        (4, mix => new ProgramsFamily(new ProgramsOptions { HeldOutDifficulty = mix })),
        (5, mix => new CodeFamily(new CodeOptions { HeldOutDifficulty = mix })),
    ];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">Model file and prompt folder, then optionally the items per level.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [var path, var prompts, ..])
        {
            Console.Error.WriteLine("usage: levels MODEL.gguf PROMPTS [ITEMS-PER-LEVEL]");
            return 2;
        }

        int count = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 100;
        using RolePlayer player = await RolePlayer.LoadAsync(path, prompts).ConfigureAwait(false);
        SolveWriter writer = new("", RoleNoise.CleanTargets);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{player.Name}, validation split, {count} items per level, seed {Seed}, greedy\n\n| family | level 1 | 2 | 3 | 4 | 5 | 6 |\n|---|---|---|---|---|---|---|"));
        foreach ((int levels, Func<DifficultyMix, ITaskFamily> create) in Families)
        {
            string row = "";
            string id = "";
            for (int level = 1; level <= levels; level++)
            {
                double[] only = new double[levels];
                only[level - 1] = 1;
                ITaskFamily family = create(new DifficultyMix(only));
                id = family.Id;
                TaskItem[] items = [.. Enumerable.Range(0, count).Select(i => family.Create(TaskSplit.Validation, i, Seed))];
                RoleExample[] examples = [.. items.Select((item, i) => Write(writer, family, item, i))];
                IReadOnlyList<string> outputs = await player.PlayAsync(examples).ConfigureAwait(false);
                row += string.Create(CultureInfo.InvariantCulture, $" {100 * items.Select((item, i) => RoleJudges.IsRight(item, outputs[i])).Average():0} % |");
            }

            Console.WriteLine($"| {id} |{row}{string.Concat(Enumerable.Repeat(" – |", 6 - levels))}");
        }

        return 0;
    }

    private static RoleExample Write(SolveWriter writer, ITaskFamily family, TaskItem item, int index)
    {
        var stream = new SampleStream(Seed, (ulong)index, ContentHash.Of(family.Id));
        return writer.Write(family, item, ref stream);
    }
}
