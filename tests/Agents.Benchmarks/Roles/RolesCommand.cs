using System.Globalization;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;

namespace Agents.Benchmarks.Roles;

/// <summary>The command <c>roles</c>: how well does a model play each role of the recipe, on the validation split, greedily?</summary>
internal static class RolesCommand
{
    private const ulong Seed = 3;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">Model file and prompt folder, then optionally the items per role and family, and roles.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [var path, var prompts, ..])
        {
            Console.Error.WriteLine("usage: roles MODEL.gguf PROMPTS [ITEMS-PER-ROLE-AND-FAMILY [ROLE...]]");
            return 2;
        }

        int count = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 40;
        string[] wanted = arguments.Length > 3 ? arguments[3..] : [];
        using RolePlayer player = await RolePlayer.LoadAsync(path, prompts).ConfigureAwait(false);
        RoleTally tally = new();
        foreach (IRoleWriter writer in RoleWriters.Create(RoleNoise.CleanTargets).Where(writer => wanted.Length == 0 || wanted.Contains(writer.Role)))
        {
            foreach (ITaskFamily family in TaskFamilies.All.Where(writer.Serves))
            {
                RoleExample[] examples = [.. TaskSet.Draw(family, TaskSplit.Validation, count, Seed).Select((item, i) => Write(writer, family, item, i))];
                IReadOnlyList<string> outputs = await player.PlayAsync(examples).ConfigureAwait(false);
                for (int i = 0; i < examples.Length; i++)
                {
                    foreach ((string measure, double value) in RoleJudges.Judge(examples[i], outputs[i]))
                    {
                        tally.Add(writer.Role, family.Id, measure, value);
                    }
                }

                if (writer.Role == RoleNames.Invert)
                {
                    await AddCorrectedInversesAsync(player, family, examples, outputs, tally).ConfigureAwait(false);
                }
            }

            await Console.Error.WriteLineAsync(writer.Role).ConfigureAwait(false);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{player.Name}, validation split, {count} items per role and family, seed {Seed}, greedy\n\n{tally.Write()}"));
        return 0;
    }

    private static RoleExample Write(IRoleWriter writer, ITaskFamily family, TaskItem item, int index)
    {
        var stream = new SampleStream(Seed, (ulong)index, ContentHash.Of(family.Id));
        return writer.Write(family, item, ref stream);
    }

    // Inverse generation is always followed by forward optimization (papers/49 §6): the pair is what counts.
    private static async Task AddCorrectedInversesAsync(RolePlayer player, ITaskFamily family, RoleExample[] inverses, IReadOnlyList<string> outputs, RoleTally tally)
    {
        RoleExample[] corrections = [.. inverses.Select((inverse, i) => inverse with
        {
            Role = RoleNames.Correct,
            Prompt = new RolePrompts().Correct,
            Variables = new Dictionary<string, object?> { ["question"] = inverse.Item.Question, ["sticker"] = outputs[i], ["schema"] = false },
        })];
        IReadOnlyList<string> corrected = await player.PlayAsync(corrections).ConfigureAwait(false);
        for (int i = 0; i < corrections.Length; i++)
        {
            FactScore score = FactScore.Of(corrected[i], inverses[i].Item.Facts);
            tally.Add("invert, then correct", family.Id, "facts that are the question's (precision)", score.Precision);
            tally.Add("invert, then correct", family.Id, "facts found (recall)", score.Recall);
        }
    }
}
