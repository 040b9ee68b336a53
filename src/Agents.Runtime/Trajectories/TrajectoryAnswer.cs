namespace Agents.Runtime.Trajectories;

/// <summary>What was answered.</summary>
/// <param name="Text">The text.</param>
public sealed record TrajectoryAnswer(string Text)
{
    /// <summary>Gets the extracted final answer; null where the text has none.</summary>
    public string? Final { get; init; }

    /// <summary>Gets whether it is right; null when nobody judged it.</summary>
    public bool? Correct { get; init; }

    /// <summary>Gets the quality in [0, 1]; null when nobody judged it.</summary>
    public double? Score { get; init; }

    /// <summary>Gets the strategy's own figures as text.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
