namespace Agents.Evaluation.Tasks.Code;

/// <summary>What a function makes of the elements it keeps.</summary>
public enum CodeAggregate
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>How many there are.</summary>
    Count,

    /// <summary>The largest, or 0.</summary>
    Maximum,

    /// <summary>The smallest, or 999.</summary>
    Minimum,

    /// <summary>Their product.</summary>
    Product,

    /// <summary>The list of them.</summary>
    List,

    /// <summary>The first, or 0.</summary>
    First,

    /// <summary>The last, or 0.</summary>
    Last,

    /// <summary>Their sum minus the sum of the elements that are not kept.</summary>
    Balance,
}
