using Agents.Strategies.Candidates;

namespace Agents.Plugins.Sift;

/// <summary>The predictions of one view (sticker, question, or both) and their vote.</summary>
/// <param name="Predictions">All predictions; empty when every call failed.</param>
internal sealed record View(IReadOnlyList<Candidate> Predictions)
{
    /// <summary>Gets a view that was not asked for.</summary>
    public static View None { get; } = new([]);

    /// <summary>Gets the prediction that stands for the view: the winner of the vote, the first without any final answer; null when there is none.</summary>
    public Candidate? Result => Vote.Of(Predictions).Winner ?? (Predictions.Count > 0 ? Predictions[0] : null);
}
