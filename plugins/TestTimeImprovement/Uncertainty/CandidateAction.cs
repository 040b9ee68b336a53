namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>A function that could be called.</summary>
/// <param name="Name">Its name in a call.</param>
/// <param name="Forms">What the model may write for it at the place of the decision, at least one.</param>
public sealed record CandidateAction(string Name, IReadOnlyList<string> Forms);
