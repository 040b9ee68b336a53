namespace Agents.Evaluation.Tasks.Code;

/// <summary>Which elements are kept.</summary>
public enum CodeFilterKind
{
    /// <summary>Those with remainder 1 by 2.</summary>
    Odd,

    /// <summary>Those with remainder 0 by 2.</summary>
    Even,

    /// <summary>Those larger than the constant.</summary>
    Over,

    /// <summary>Those smaller than the constant.</summary>
    Under,

    /// <summary>Those larger than or equal to the constant.</summary>
    AtLeast,

    /// <summary>Those smaller than or equal to the constant.</summary>
    AtMost,

    /// <summary>Those that the constant divides.</summary>
    MultipleOf,

    /// <summary>Those that differ from the constant.</summary>
    Not,
}
