namespace Agents.Plugins.VerbalizedSampling.Typicality;

/// <summary>A preference pair matched on correctness, scored by a base model.</summary>
/// <param name="PreferredLogProbability">Summed log-probability of the preferred answer's tokens.</param>
/// <param name="PreferredTokens">Its number of tokens, at least 1.</param>
/// <param name="OtherLogProbability">Summed log-probability of the other answer's tokens.</param>
/// <param name="OtherTokens">Its number of tokens, at least 1.</param>
public sealed record PreferenceScores(double PreferredLogProbability, int PreferredTokens, double OtherLogProbability, int OtherTokens)
{
    /// <summary>Returns the difference of log-probabilities, preferred minus other.</summary>
    /// <param name="lengthNormalize">Whether means per token are compared; sums confound typicality with length.</param>
    public double Difference(bool lengthNormalize) => lengthNormalize
        ? (PreferredLogProbability / Math.Max(1, PreferredTokens)) - (OtherLogProbability / Math.Max(1, OtherTokens))
        : PreferredLogProbability - OtherLogProbability;
}
