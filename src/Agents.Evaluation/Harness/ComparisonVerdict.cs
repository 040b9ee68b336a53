namespace Agents.Evaluation.Harness;

/// <summary>What a paired comparison allows to say.</summary>
public enum ComparisonVerdict
{
    /// <summary>The method is significantly better.</summary>
    Better,

    /// <summary>The method is significantly worse.</summary>
    Worse,

    /// <summary>No significant difference, and one of the size of interest would have been found.</summary>
    NoEffect,

    /// <summary>No significant difference, but the test is too small to find one of the size of interest.</summary>
    Underpowered,
}
