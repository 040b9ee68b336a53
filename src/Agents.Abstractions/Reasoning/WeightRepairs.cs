namespace Agents.Reasoning;

/// <summary>What had to be changed so that a weight as a model wrote it became a number in [0, 1].</summary>
[Flags]
public enum WeightRepairs
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A percentage was divided by 100.</summary>
    Percentage = 1,

    /// <summary>It was no number and became 0.</summary>
    NotANumber = 2,

    /// <summary>It was negative and became 0.</summary>
    Negative = 4,

    /// <summary>It was above 1 and became 1.</summary>
    AboveOne = 8,

    /// <summary>There was none; it became 0. A list in which all are missing is a plain list, not a distribution.</summary>
    Missing = 16,
}
