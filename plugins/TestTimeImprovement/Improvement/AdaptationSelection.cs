namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>Which inputs are improved (papers/61 §2.2).</summary>
public enum AdaptationSelection
{
    /// <summary>Those with a margin below the threshold: the method.</summary>
    Uncertain = 0,

    /// <summary>Those at or above it: a control.</summary>
    Certain = 1,

    /// <summary>All; the margin is measured and reported all the same.</summary>
    All = 2,

    /// <summary>A share of them by chance: a control.</summary>
    Random = 3,
}
