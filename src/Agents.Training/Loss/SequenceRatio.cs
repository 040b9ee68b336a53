namespace Agents.Training.Loss;

/// <summary>How the log-ratios of a sequence's tokens become one.</summary>
public enum SequenceRatio
{
    /// <summary>Their mean (GSPO).</summary>
    Mean = 0,

    /// <summary>Their sum: the ratio of the sequences' probabilities (RLOO).</summary>
    Sum = 1,
}
