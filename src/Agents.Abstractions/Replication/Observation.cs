namespace Agents.Replication;

/// <summary>What was seen on one item in one arm: a row of the journal.</summary>
public sealed record Observation
{
    /// <summary>Gets whether the response is right; null when there is no such thing in this arm, or when it could not be judged.</summary>
    public bool? Correct { get; init; }

    /// <summary>Gets the response.</summary>
    public string Response { get; init; } = "";

    /// <summary>Gets model calls.</summary>
    public int Calls { get; init; }

    /// <summary>Gets tokens read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets tokens written.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets seconds; reported, never compared.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets further values by name, for example <c>agreed</c> or <c>margin</c>; all finite.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();
}
