namespace Agents.Training.Optimization;

/// <summary>Course of the learning rate after the warm-up.</summary>
public enum LearningRateShape
{
    /// <summary>Stays at the peak.</summary>
    Constant = 0,

    /// <summary>Falls in a straight line to the final share of the peak.</summary>
    Linear = 1,

    /// <summary>Falls along half a cosine to the final share of the peak.</summary>
    Cosine = 2,
}
