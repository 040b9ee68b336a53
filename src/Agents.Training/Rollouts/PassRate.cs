namespace Agents.Training.Rollouts;

/// <summary>The estimate of one prompt.</summary>
/// <param name="Mean">Moving mean of the rewards.</param>
/// <param name="Completions">Scored completions so far.</param>
/// <param name="Batch">Step that saw the prompt last.</param>
public readonly record struct PassRate(double Mean, long Completions, long Batch)
{
    /// <summary>Gets 4p(1 − p): 1 where successes and failures are equally frequent, 0 where nothing can be learned.</summary>
    public double Informativeness => Mean is > 0 and < 1 ? 4 * Mean * (1 - Mean) : 0;
}
