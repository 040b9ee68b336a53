namespace Agents.Evaluation.Roles;

/// <summary>Writes a tester's reports: the first part of a program that is wrong, then the verdict.</summary>
internal static class ReportText
{
    public const string Passed = "all parts fit\nPASS";
    private static readonly char[] Seams = [';', '{', '}'];

    /// <summary>Reports on a program against the one that is believed to be right.</summary>
    public static string Write(string program, string believed)
    {
        string[] parts = program.Split(Seams);
        string[] truth = believed.Split(Seams);
        int first = 0;
        while (first < Math.Min(parts.Length, truth.Length) && parts[first] == truth[first])
        {
            first++;
        }

        if (first == parts.Length && first == truth.Length)
        {
            return Passed;
        }

        string shown = first < parts.Length ? parts[first].TrimEnd(':') : "";
        return (shown.Length == 0 ? "something is missing" : "wrong: " + shown) + "\nFAIL";
    }
}
