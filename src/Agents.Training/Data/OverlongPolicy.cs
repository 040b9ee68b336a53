namespace Agents.Training.Data;

/// <summary>What happens to a sequence that is longer than the longest allowed one.</summary>
public enum OverlongPolicy
{
    /// <summary>An error that names the example.</summary>
    Refuse = 0,

    /// <summary>Keep the start; the rest is not learned and the step counts it.</summary>
    KeepStart = 1,

    /// <summary>Cut into pieces whose positions restart; every target is kept. For plain text in pre-training only.</summary>
    Split = 2,
}
