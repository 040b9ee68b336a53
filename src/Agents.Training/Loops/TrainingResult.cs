namespace Agents.Training.Loops;

/// <summary>What a finished run did.</summary>
/// <param name="Steps">Updates done over the whole run; equals the planned number.</param>
/// <param name="Loss">Loss of the last update; null when a resumed run had nothing left to do.</param>
/// <param name="ValidationLoss">Cross-entropy per target of the validation data after the last update; null without validation data.</param>
/// <param name="Tokens">Tokens of the whole run.</param>
/// <param name="TokensPerSecond">Tokens per second of the updates of this process, checkpoints and validation not counted; 0 when nothing was left to do.</param>
/// <param name="PeakMemoryBytes">Largest working set of the process.</param>
/// <param name="ResumedFrom">Updates that a checkpoint contributed; 0 for a fresh run.</param>
/// <param name="Checkpoint">Path of the last checkpoint.</param>
/// <param name="DamagedCheckpoints">A line about every damaged checkpoint that was passed over.</param>
public sealed record TrainingResult(
    long Steps,
    double? Loss,
    double? ValidationLoss,
    long Tokens,
    double TokensPerSecond,
    long PeakMemoryBytes,
    long ResumedFrom,
    string Checkpoint,
    IReadOnlyList<string> DamagedCheckpoints)
{
    /// <summary>Gets how many tokens this process left out because their sequence was too long.</summary>
    public long CutTokens { get; init; }

    /// <summary>Gets how many updates of this process had a gradient of exactly zero.</summary>
    public long DeadSteps { get; init; }
}
