namespace Agents.Runtime.Trajectories;

/// <summary>A node of the trace tree: a strategy, a step, a call, or an attempt of one.</summary>
public sealed record TrajectoryNode
{
    /// <summary>Gets the id.</summary>
    public required int Id { get; init; }

    /// <summary>Gets the parent's id; null for the root.</summary>
    public int? Parent { get; init; }

    /// <summary>Gets what it stands for: <c>strategy</c>, <c>step</c>, <c>call</c> or <c>attempt</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the name of the strategy or step, or the role of the call.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the role of the model that was called.</summary>
    public string? Role { get; init; }

    /// <summary>Gets the model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the place of the prompt in <see cref="Trajectory.Prompts"/>; null for everything that is no call.</summary>
    public int? Prompt { get; init; }

    /// <summary>Gets the text that came back.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the exact tokens of the text; null where the backend does not give them.</summary>
    public TrajectoryTokens? Tokens { get; init; }

    /// <summary>Gets the tokens read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets the tokens written.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets the number of the attempt.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets the start in milliseconds since the start of the request.</summary>
    public double Start { get; init; }

    /// <summary>Gets the duration in milliseconds; null when it did not end.</summary>
    public double? Duration { get; init; }

    /// <summary>Gets the value that the strategy gave it; null when it gave none.</summary>
    public double? Value { get; init; }

    /// <summary>Gets the verified reward; null, never 0, when nobody judged it.</summary>
    public double? Reward { get; init; }

    /// <summary>Gets the adapters that the call named; null for none.</summary>
    public IReadOnlyList<TrajectoryAdapter>? Adapters { get; init; }

    /// <summary>Gets facts that the strategy noted; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>Gets why the call failed; null when it did not.</summary>
    public string? Error { get; init; }
}
