using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Runtime.Reasoning;
using Agents.Verification;

namespace Agents.Cli.Sessions;

/// <summary>Judges the recorded texts of one evaluation question by its right answer, which strategies never see.</summary>
/// <param name="item">The question.</param>
internal sealed class ItemJudge(TaskItem item) : IVerifier
{
    private static readonly ReferenceVerifier Verifier = new();

    /// <summary>Describes where a question comes from.</summary>
    /// <param name="item">The question.</param>
    public static RequestProvenance ProvenanceOf(TaskItem item) => new()
    {
        Source = "eval",
        Family = item.Family,

        // A user's file has no splits of ours.
        Split = TaskFamilies.All.Any(family => family.Id == item.Family) ? item.Split.ToString().ToLowerInvariant() : null,
        Reference = item.Answer,
        Judge = new ItemJudge(item),
    };

    /// <inheritdoc/>
    public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => Verifier.JudgeAsync(item.Judge(request.Response), cancellationToken);
}
