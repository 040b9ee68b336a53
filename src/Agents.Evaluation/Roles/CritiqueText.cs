using System.Globalization;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Writes critiques: every line as the critic works it out, with "ok" where the solution has the same, up to the first that differs; then the verdict line. A small model
/// cannot see at a glance whether a line is right, but it can work it out again and compare. The truth of a critique is the caller's business: compared with a wrong
/// "truth", it is a wrong critique.
/// </summary>
internal static class CritiqueText
{
    private const string Right = "verdict: right";
    private const string Wrong = "verdict: wrong";

    /// <summary>Criticises a solution against the solution that is believed to be right.</summary>
    /// <param name="shown">The solution.</param>
    /// <param name="believed">What the critic believes; equal to the solution for a critic that finds nothing.</param>
    /// <param name="detailed">Whether the place of the first difference is named.</param>
    public static string Write(ShownSolution shown, ShownSolution believed, bool detailed)
    {
        string[] lines = Lines(shown);
        string[] truth = Lines(believed);
        int same = 0;
        while (same < Math.Min(lines.Length, truth.Length) && lines[same] == truth[same])
        {
            same++;
        }

        IEnumerable<string> checks = truth.Take(same).Select(line => line + " ok");
        if (same == lines.Length && same == truth.Length)
        {
            return string.Join('\n', checks.Append(Right));
        }

        string place = detailed ? string.Create(CultureInfo.InvariantCulture, $" in line {same + 1}") : "";
        string difference = same < truth.Length ? truth[same] + " expected" : "nothing expected";
        return string.Join('\n', checks.Append(difference + place).Append(Wrong));
    }

    // The line of the answer is renamed, or a critique would seem to answer the question.
    private static string[] Lines(ShownSolution solution)
    {
        string[] lines = solution.Text.Split('\n');
        lines[^1] = "result: " + solution.Answer;
        return lines;
    }
}
