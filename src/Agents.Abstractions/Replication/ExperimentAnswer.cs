using Agents.Tracing;

namespace Agents.Replication;

/// <summary>What a strategy answered.</summary>
/// <param name="Text">The response; empty when a limit ended the request before there was any.</param>
public sealed record ExperimentAnswer(string Text)
{
    /// <summary>Gets the extracted answer; null where the text has none.</summary>
    public string? FinalAnswer { get; init; }

    /// <summary>Gets the grade; null when it cannot be judged.</summary>
    public bool? Correct { get; init; }

    /// <summary>Gets the strategy's own figures.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>();

    /// <summary>Gets the trace.</summary>
    public IReadOnlyList<TraceNode> Trace { get; init; } = [];

    /// <summary>Gets model calls.</summary>
    public int Calls { get; init; }

    /// <summary>Gets tokens read.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets tokens written.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Returns this as an observation, with further values.</summary>
    /// <param name="values">Further values by name.</param>
    public Observation ToObservation(IReadOnlyDictionary<string, double>? values = null) => new()
    {
        Correct = Correct,
        Response = Text,
        Calls = Calls,
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        Seconds = Seconds,
        Values = values ?? new Dictionary<string, double>(),
    };
}
