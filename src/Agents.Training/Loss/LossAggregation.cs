namespace Agents.Training.Loss;

/// <summary>How the per-token losses of a step become one number (papers/00-grpo-baseline §2.6).</summary>
public enum LossAggregation
{
    /// <summary>Mean over all tokens of the step (DAPO).</summary>
    TokenMean = 0,

    /// <summary>Mean over sequences of the mean over their tokens (GRPO).</summary>
    SequenceMeanTokenMean = 1,

    /// <summary>Mean over sequences of the sum over their tokens.</summary>
    SequenceMeanTokenSum = 2,

    /// <summary>Sum over everything, divided by sequences and the longest allowed completion (Dr. GRPO).</summary>
    ConstantLength = 3,
}
