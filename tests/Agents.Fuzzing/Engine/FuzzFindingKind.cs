namespace Agents.Fuzzing.Engine;

/// <summary>What kind of promise an input broke.</summary>
public enum FuzzFindingKind
{
    /// <summary>An error that is not named.</summary>
    UnnamedError,

    /// <summary>More memory than the input justifies.</summary>
    Allocation,

    /// <summary>No end in sight.</summary>
    Hang,
}
