namespace Agents.Programs.Mutation;

/// <summary>How one mutation changes a program.</summary>
public enum MutationKind
{
    /// <summary>Another arithmetic or logical operator.</summary>
    Operator,

    /// <summary>Another constant, not a neighbour.</summary>
    Constant,

    /// <summary>Another name.</summary>
    Variable,

    /// <summary>Another comparison, the strict and the weak form of one apart.</summary>
    Comparison,

    /// <summary>A constant larger or smaller by one, or a strict comparison made weak and the reverse.</summary>
    OffByOne,

    /// <summary>A statement (with its body) that is missing.</summary>
    DroppedStatement,
}
