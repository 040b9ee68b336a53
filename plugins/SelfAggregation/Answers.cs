using Agents.Plugins.SelfAggregation.Candidates;
using Agents.Reasoning;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Turns a chosen or written candidate into an answer with the figures that every strategy here reports.</summary>
internal static class Answers
{
    /// <summary>Creates the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="chosen">The candidate whose message is the answer.</param>
    /// <param name="vote">The vote over the candidates.</param>
    /// <param name="candidates">All candidates.</param>
    public static ReasoningAnswer Of(IReasoningContext context, Candidate chosen, Vote vote, IReadOnlyList<Candidate> candidates) =>
        new(chosen.Response.Messages[^1])
        {
            FinalAnswer = context.Answers.Extract(chosen.Text),
            Details = new Dictionary<string, object?>
            {
                ["candidates"] = candidates.Count,
                ["distinct"] = vote.Distinct,
                ["agreement"] = vote.Agreement,
            },
        };
}
