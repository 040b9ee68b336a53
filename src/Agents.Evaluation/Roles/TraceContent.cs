namespace Agents.Evaluation.Roles;

/// <summary>What a debugger sees in the trace slot of its prompt.</summary>
public enum TraceContent
{
    /// <summary>The block visits of the failing test with the values of the variables.</summary>
    Values,

    /// <summary>The source once more: nothing that happened at run time.</summary>
    Source,

    /// <summary>Nothing: the failing test only.</summary>
    None,
}
