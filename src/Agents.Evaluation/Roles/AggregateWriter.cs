using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question and candidates to a new full solution, cases included in which no candidate is right and in which all are.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="minimumCandidates">Fewest candidates, at least 1.</param>
/// <param name="maximumCandidates">Most candidates.</param>
public sealed class AggregateWriter(string prompt, RoleNoise noise, int minimumCandidates = 2, int maximumCandidates = 4) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Aggregate;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution[] candidates = CandidateDraws.Draw(family, item, stream.Between(minimumCandidates, maximumCandidates), noise, ref stream);
        ShownSolution[] wrong = [.. candidates.Where(candidate => !candidate.IsRight)];
        bool copies = wrong.Length > 0 && stream.Chance(noise.CopiedCandidates);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["candidates"] = CandidateDraws.Variables(candidates) },
            Target = copies ? stream.Pick(wrong).Text : item.Solution,
            TargetCorruption = copies ? CorruptionKind.CopiedCandidate : CorruptionKind.None,
            InputCorruptions = [.. candidates.Select(candidate => candidate.Kind)],
            Item = item,
        };
    }
}
