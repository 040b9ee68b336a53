namespace Agents.Cli.Documents;

/// <summary>Answer of <c>agents train</c>.</summary>
internal sealed record TrainDocument
{
    /// <summary>Gets the updates done over the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the loss of the last update; null when a resumed run had nothing left to do.</summary>
    public required double? Loss { get; init; }

    /// <summary>Gets the cross-entropy per target of the validation data; null without any.</summary>
    public required double? ValidationLoss { get; init; }

    /// <summary>Gets the tokens of the whole run.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the tokens per second of this process.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Gets the largest working set of the process.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Gets the updates that a checkpoint contributed.</summary>
    public required long ResumedFrom { get; init; }

    /// <summary>Gets the tokens of this process that were left out because their sequence was too long.</summary>
    public required long CutTokens { get; init; }

    /// <summary>Gets the updates of this process whose gradient was exactly zero.</summary>
    public required long DeadSteps { get; init; }

    /// <summary>Gets the finished model file.</summary>
    public required string Output { get; init; }

    /// <summary>Gets the last checkpoint.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Gets the loop: <c>supervised</c>, <c>preference</c>, <c>reinforcement</c> or <c>rejection</c>.</summary>
    public required string Loop { get; init; }

    /// <summary>Gets the updates that were planned over the whole run.</summary>
    public required long PlannedSteps { get; init; }

    /// <summary>Gets why the run ended; <c>Completed</c> when all planned updates were done.</summary>
    public required string Stop { get; init; }

    /// <summary>Gets what happened and the way out; null for a complete run.</summary>
    public required string? Explanation { get; init; }

    /// <summary>Gets the stages in order.</summary>
    public required IReadOnlyList<TrainStageItem> Stages { get; init; }

    /// <summary>Gets the mean reward of the last step; null for other loops.</summary>
    public required double? Reward { get; init; }

    /// <summary>Gets the margin of the last preference step; null for other loops.</summary>
    public required double? Margin { get; init; }

    /// <summary>Gets the share of pairs in the right order in the last preference step; null for other loops and single completions.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>Gets the page with the run's curves; null when it could not be written.</summary>
    public string? Report { get; init; }
}
