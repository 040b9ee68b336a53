namespace Agents.Training.Advantages;

/// <summary>DAPO's soft penalty for completions near the length limit: min(−(length − (limit − buffer)) / buffer · factor, 0) (papers/00-grpo-baseline §2.7).</summary>
/// <param name="Limit">Longest allowed completion.</param>
/// <param name="Buffer">Tokens before the limit in which the penalty grows.</param>
/// <param name="Factor">Penalty at the limit. Default 1.</param>
public sealed record OverlongPenalty(int Limit, int Buffer, double Factor = 1)
{
    /// <summary>Returns the penalty, at most 0.</summary>
    /// <param name="length">Tokens of the completion.</param>
    public double Of(int length)
    {
        if (Buffer <= 0 || Buffer > Limit)
        {
            throw new ArgumentException($"The buffer {Buffer} must lie in 1 to the limit {Limit}.");
        }

        return Math.Min(-(length - (Limit - Buffer)) / (double)Buffer * Factor, 0);
    }
}
