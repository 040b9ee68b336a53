namespace Agents.Runtime.Learning;

/// <summary>What the look at a run before its first step may do.</summary>
public enum PreflightMode
{
    /// <summary>Change settings that cannot work, and refuse the run when that does not help.</summary>
    On = 0,

    /// <summary>Only say what was found.</summary>
    Report = 1,

    /// <summary>Do not look.</summary>
    Off = 2,
}
