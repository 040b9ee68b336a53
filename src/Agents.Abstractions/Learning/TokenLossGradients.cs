namespace Agents.Learning;

/// <summary>Where a loss writes its derivatives: one entry per row, zeroed beforehand.</summary>
public readonly ref struct TokenLossGradients
{
    /// <summary>Gets the derivative with respect to each log-probability.</summary>
    public Span<double> LogProbability { get; init; }

    /// <summary>Gets the derivative with respect to each log-sum-exp, beyond its part in the log-probability.</summary>
    public Span<double> LogSumExp { get; init; }

    /// <summary>Gets the derivative with respect to each chosen logit, beyond its part in the log-probability.</summary>
    public Span<double> ChosenLogit { get; init; }

    /// <summary>Gets the derivative with respect to each entropy.</summary>
    public Span<double> Entropy { get; init; }
}
