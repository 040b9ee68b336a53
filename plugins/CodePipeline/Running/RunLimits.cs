namespace Agents.Plugins.CodePipeline.Running;

/// <summary>Limits of running a program.</summary>
/// <param name="Timeout">Wall-clock time of one test or one traced call, without the time to start the process and to compile.</param>
public sealed record RunLimits(TimeSpan Timeout)
{
    /// <summary>Gets the limits of the paper: 5 s.</summary>
    public static RunLimits Default { get; } = new(TimeSpan.FromSeconds(5));
}
