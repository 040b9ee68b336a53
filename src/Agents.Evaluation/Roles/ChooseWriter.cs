using System.Globalization;
using Agents.Evaluation.Statistics;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Question and candidates to <c>choice: k</c>, the earliest candidate whose answer most candidates share: universal self-consistency.
/// The target first repeats the answers, one line each, so that a small model can count them.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
/// <param name="minimumCandidates">Fewest candidates, at least 2.</param>
/// <param name="maximumCandidates">Most candidates.</param>
public sealed class ChooseWriter(string prompt, RoleNoise noise, int minimumCandidates = 2, int maximumCandidates = 4) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Choose;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution[] candidates = CandidateDraws.Draw(family, item, stream.Between(minimumCandidates, maximumCandidates), noise, ref stream);
        int right = PluralityVote.Count([.. candidates.Select(candidate => candidate.Answer)], AnswerFormat.Default)!.Index;
        int[] others = [.. Enumerable.Range(0, candidates.Length).Where(i => candidates[i].Answer != candidates[right].Answer)];
        bool misses = others.Length > 0 && stream.Chance(noise.WrongChoices);
        int choice = 1 + (misses ? stream.Pick(others) : right);
        string answers = string.Join('\n', candidates.Select((candidate, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}: {candidate.Answer}")));
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["candidates"] = CandidateDraws.Variables(candidates) },
            Target = string.Create(CultureInfo.InvariantCulture, $"{answers}\nchoice: {choice}"),
            TargetCorruption = misses ? CorruptionKind.WrongChoice : CorruptionKind.None,
            InputCorruptions = [.. candidates.Select(candidate => candidate.Kind)],
            Item = item,
        };
    }
}
