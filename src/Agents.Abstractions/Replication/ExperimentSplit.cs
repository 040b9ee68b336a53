namespace Agents.Replication;

/// <summary>Which part of a task family items are drawn from.</summary>
public enum ExperimentSplit
{
    /// <summary>What models learn from.</summary>
    Train = 0,

    /// <summary>For choices of settings.</summary>
    Validation = 1,

    /// <summary>For verdicts.</summary>
    Test = 2,
}
