namespace Agents.Training.Progress;

/// <summary>Where the time of a reinforcement step went, in seconds. What the trainer did adds up to the total; sampling and scoring run beside it and each other.</summary>
/// <param name="Sampling">From asking for the completions of the step to the last one; with staleness, partly during earlier steps.</param>
/// <param name="Scoring">In verifiers and in the reference model.</param>
/// <param name="Waiting">The trainer waited for groups. Without asynchrony that is all of sampling, and the scoring that did not fit beside it.</param>
/// <param name="Backward">Forward and backward passes and optimizer.</param>
/// <param name="Publishing">Making new weights serve.</param>
/// <param name="Storing">The checkpoint before this step.</param>
/// <param name="Total">From the end of the step before to the end of this one.</param>
/// <param name="SampledTokens">Tokens sampled for the step; those that a killed run had sampled already do not count.</param>
public sealed record ReinforcementTimes(
    double Sampling, double Scoring, double Waiting, double Backward, double Publishing, double Storing, double Total, long SampledTokens)
{
    /// <summary>Gets the rest: advantages, packing, reports, metrics.</summary>
    public double Other => Math.Max(0, Total - Waiting - Backward - Publishing - Storing);

    /// <summary>Gets the sampled tokens per second of sampling.</summary>
    public double TokensPerSecond => Sampling > 0 ? SampledTokens / Sampling : 0;

    /// <summary>Returns the numbers by name, for the metrics file.</summary>
    internal IEnumerable<KeyValuePair<string, double>> Numbers() =>
    [
        new("seconds.sampling", Sampling), new("seconds.scoring", Scoring), new("seconds.waiting", Waiting), new("seconds.backward", Backward),
        new("seconds.publishing", Publishing), new("seconds.storing", Storing), new("seconds.other", Other), new("seconds.total", Total),
        new("sampledTokens", SampledTokens), new("sampledTokensPerSecond", TokensPerSecond),
    ];
}
