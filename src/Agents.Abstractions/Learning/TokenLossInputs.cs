namespace Agents.Learning;

/// <summary>What a loss sees: statistics of target tokens, never a model. Spans have one entry per row of the micro-batch; rows without a target have weight 0 and zero statistics.</summary>
public readonly ref struct TokenLossInputs
{
    /// <summary>Gets the log-probability of the target under the model that is trained.</summary>
    public ReadOnlySpan<double> LogProbability { get; init; }

    /// <summary>Gets the log-sum-exp of the tempered logits.</summary>
    public ReadOnlySpan<double> LogSumExp { get; init; }

    /// <summary>Gets the tempered logit of the target.</summary>
    public ReadOnlySpan<double> ChosenLogit { get; init; }

    /// <summary>Gets the entropy of the full distribution, in nats.</summary>
    public ReadOnlySpan<double> Entropy { get; init; }

    /// <summary>Gets the log-probability under the policy that sampled, recomputed with the trainer's kernels; empty where the objective needs none.</summary>
    public ReadOnlySpan<double> OldLogProbability { get; init; }

    /// <summary>Gets the log-probability under the frozen reference; empty where the objective needs none.</summary>
    public ReadOnlySpan<double> ReferenceLogProbability { get; init; }

    /// <summary>Gets the advantage of each token; empty where the objective needs none.</summary>
    public ReadOnlySpan<double> Advantage { get; init; }

    /// <summary>Gets a constant factor per token against sampling from other weights or kernels (truncated importance weights); empty for 1.</summary>
    public ReadOnlySpan<double> Correction { get; init; }

    /// <summary>Gets a label per sequence, for example +1 for desirable and −1 for undesirable; empty where the objective needs none.</summary>
    public ReadOnlySpan<double> SequenceLabel { get; init; }

    /// <summary>Gets the weight of each row; 0 masks it.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>Gets the first row of each sequence.</summary>
    public ReadOnlySpan<int> SequenceStarts { get; init; }
}
