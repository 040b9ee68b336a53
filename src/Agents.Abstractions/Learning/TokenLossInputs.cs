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

    /// <summary>Gets the weight of each row; 0 masks it.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>Gets the first row of each sequence.</summary>
    public ReadOnlySpan<int> SequenceStarts { get; init; }
}
