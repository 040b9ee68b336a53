namespace Agents.Models.Constraints.Grammars;

/// <summary>What an edge of a grammar reads.</summary>
internal enum GrammarEdgeKind
{
    /// <summary>One byte of a range.</summary>
    Bytes,

    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>Whatever a rule reads.</summary>
    Call,
}
