namespace Agents.Evaluation.Tasks.Code;

/// <summary>What is done to each kept element, or to the result.</summary>
public enum CodeTermKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Multiplied by itself.</summary>
    Squared,

    /// <summary>Multiplied by the constant.</summary>
    Times,

    /// <summary>The constant added.</summary>
    Plus,

    /// <summary>The constant subtracted.</summary>
    Minus,
}
