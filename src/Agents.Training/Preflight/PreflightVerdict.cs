namespace Agents.Training.Preflight;

/// <summary>What a preflight says about a run.</summary>
public enum PreflightVerdict
{
    /// <summary>Go, with the settings as they are.</summary>
    Go = 0,

    /// <summary>Worth knowing; go nevertheless.</summary>
    Warn = 1,

    /// <summary>Go with other settings, each of which is named.</summary>
    Adapt = 2,

    /// <summary>The run cannot work; nothing is started.</summary>
    Refuse = 3,
}
