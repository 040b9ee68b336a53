namespace Agents.Reasoning;

/// <summary>One of several answers that a model gave together with a weight. The weight says how typical the answer is, not how likely it is right.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Weight">Normalized weight in [0, 1]; the weights of a list sum to 1.</param>
public sealed record WeightedCandidate(string Text, double Weight)
{
    /// <summary>Gets the weight before normalization, repaired into [0, 1]. Such weights rarely sum to 1.</summary>
    public double RawWeight { get; init; }

    /// <summary>Gets the weight as the model wrote it; null when it wrote none.</summary>
    public string? Written { get; init; }

    /// <summary>Gets what was repaired.</summary>
    public WeightRepairs Repairs { get; init; }

    /// <summary>Gets the place in order of appearance over all calls, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Gets the call that gave it, from 0. Candidates of one call share its context and are no independent samples.</summary>
    public int Call { get; init; }

    /// <summary>Gets the trace node of that call; null when there is none.</summary>
    public int? NodeId { get; init; }
}
