namespace Agents.Runtime.Learning;

/// <summary>The loop that a recipe runs.</summary>
public enum TrainingLoop
{
    /// <summary>Pre-training and supervised fine-tuning.</summary>
    Supervised = 0,

    /// <summary>Learning from preferences, given or sampled and verified.</summary>
    Preference = 1,

    /// <summary>Reinforcement learning with verifiable rewards.</summary>
    Reinforcement = 2,

    /// <summary>Rejection-sampling fine-tuning: sample, keep what is verified, learn from it, in rounds.</summary>
    Rejection = 3,

    /// <summary>One adapter per role of a strategy, trained on the strategy's own branches, in rounds.</summary>
    Roles = 4,
}
