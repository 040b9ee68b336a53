namespace Agents.Runtime.Datasets;

/// <summary>What becomes of identical texts after one prompt whose values differ.</summary>
public enum DatasetConflicts
{
    /// <summary>They are left out when their labels differ: a text with two labels teaches nothing but noise.</summary>
    Drop = 0,

    /// <summary>They count as one text with the mean of their values, which is an estimate from more samples. For models that often repeat themselves.</summary>
    Merge = 1,
}
