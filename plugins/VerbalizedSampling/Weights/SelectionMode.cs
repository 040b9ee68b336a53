namespace Agents.Plugins.VerbalizedSampling.Weights;

/// <summary>Which candidate becomes the answer (papers/51 §2.5).</summary>
public enum SelectionMode
{
    /// <summary>One drawn in proportion to its weight.</summary>
    Sample = 0,

    /// <summary>The heaviest. The most typical answer, not the best one.</summary>
    Argmax = 1,

    /// <summary>One drawn with equal chances.</summary>
    Uniform = 2,

    /// <summary>All of them, as lines of weight and text.</summary>
    All = 3,
}
