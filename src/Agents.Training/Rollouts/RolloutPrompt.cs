using System.Collections.Immutable;

namespace Agents.Training.Rollouts;

/// <summary>A prompt to sample from, and what a verifier may know about it. The model sees the tokens only.</summary>
/// <param name="Id">Stable id of the task item.</param>
/// <param name="TokenIds">The prompt as the model reads it.</param>
public sealed record RolloutPrompt(string Id, ImmutableArray<int> TokenIds)
{
    /// <summary>Gets the question as text, for verifiers. Default empty.</summary>
    public string Question { get; init; } = "";

    /// <summary>Gets the right answer; null when none is known.</summary>
    public string? Reference { get; init; }

    /// <summary>Gets the members that are right where several answers are. Default empty.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Gets the tests that a program must pass; empty where the answer is compared.</summary>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>Gets where the prompt comes from, for mixtures and reports. Default empty.</summary>
    public string Source { get; init; } = "";
}
