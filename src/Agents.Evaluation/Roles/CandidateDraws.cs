using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Draws candidate lists: all right, none right, or mixed; wrong ones go wrong in different places.</summary>
internal static class CandidateDraws
{
    public static ShownSolution[] Draw(ITaskFamily family, TaskItem item, int count, RoleNoise noise, ref SampleStream stream)
    {
        double kind = stream.NextUnit();
        var wrong = new bool[count];
        if (kind < noise.NoCandidateRight)
        {
            Array.Fill(wrong, true);
        }
        else if (kind >= noise.NoCandidateRight + noise.AllCandidatesRight)
        {
            // Mixed lists hold at least one of each; with one candidate that is impossible, so it is drawn.
            int wrongCount = count == 1 ? stream.NextInt(2) : stream.Between(1, count - 1);
            Array.Fill(wrong, true, 0, wrongCount);
            stream.Shuffle<bool>(wrong);
        }

        var candidates = new ShownSolution[count];
        for (int i = 0; i < count; i++)
        {
            candidates[i] = wrong[i] ? ShownSolution.Wrong(family, item, ref stream) : ShownSolution.Right(item);
        }

        return candidates;
    }

    /// <summary>Candidates as prompt variables: number from 1 and text.</summary>
    public static List<Dictionary<string, object?>> Variables(IReadOnlyList<ShownSolution> candidates) =>
        [.. candidates.Select((candidate, i) => new Dictionary<string, object?> { ["number"] = i + 1, ["text"] = candidate.Text })];
}
