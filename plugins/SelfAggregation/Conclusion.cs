namespace Agents.Plugins.SelfAggregation;

/// <summary>What follows the last round (papers/16 §2.4).</summary>
public enum Conclusion
{
    /// <summary>One aggregation more, whose text is the answer.</summary>
    Aggregate = 0,

    /// <summary>A vote over the rewritten candidates.</summary>
    Vote = 1,
}
