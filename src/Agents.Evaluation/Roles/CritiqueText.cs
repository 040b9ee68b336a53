using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Writes critiques: the lines of a solution that are wrong, then the verdict line. A brief critique names lines; a detailed one says
/// what they should be. The truth of a critique is the caller's business: compared with a wrong "truth", it is a wrong critique.
/// </summary>
internal static class CritiqueText
{
    public const string Right = "all lines ok\nverdict: right";

    /// <summary>Criticises a solution against the solution that is believed to be right.</summary>
    public static string Write(ShownSolution shown, ShownSolution believed, bool detailed)
    {
        string[] lines = shown.Text.Split('\n');
        string[] truth = believed.Text.Split('\n');
        int first = 0;
        while (first < Math.Min(lines.Length, truth.Length) && lines[first] == truth[first])
        {
            first++;
        }

        if (first == lines.Length && first == truth.Length)
        {
            return Right;
        }

        string at = FormattableString.Invariant($"line {first + 1} wrong");
        string correction = first < truth.Length ? truth[first] : "not needed";
        return (detailed ? at + ", should be " + correction : at) + "\nverdict: wrong";
    }
}
