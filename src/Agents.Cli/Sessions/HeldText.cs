using Agents.Evaluation.Tasks;

namespace Agents.Cli.Sessions;

/// <summary>The text on which models are compared when the user names none: questions of all built-in families with their solutions, from the part kept for reported numbers.</summary>
internal static class HeldText
{
    private const int ItemsPerFamily = 4;
    private const ulong Seed = 2026;

    /// <summary>Gets the text; the same on every machine.</summary>
    public static string Create() =>
        string.Join("\n\n", TaskFamilies.All.SelectMany(family => TaskSet.Draw(family, TaskSplit.Test, ItemsPerFamily, Seed)).Select(item => $"{item.Question}\n{item.Solution}")) + "\n";
}
