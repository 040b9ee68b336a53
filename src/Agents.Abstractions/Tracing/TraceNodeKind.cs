namespace Agents.Tracing;

/// <summary>What a trace node stands for.</summary>
public enum TraceNodeKind
{
    /// <summary>A strategy, the root or a nested one.</summary>
    Strategy = 0,

    /// <summary>A step that a strategy opened.</summary>
    Step = 1,

    /// <summary>A model call.</summary>
    Call = 2,

    /// <summary>One attempt of a remote call that was retried.</summary>
    Attempt = 3,
}
