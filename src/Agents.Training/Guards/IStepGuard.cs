using Agents.Training.Checkpoints;
using Agents.Training.Experience;

namespace Agents.Training.Guards;

/// <summary>
/// Watches the completions of a reinforcement run for what rewards alone do not show. A guard sees every step once, after its update; what it says depends on
/// those completions only, and its state is part of the checkpoint, so that a resumed run warns and stops where the uninterrupted one would.
/// </summary>
/// <remarks>Limits are not part of a run's identity: a run that a guard stopped may be resumed with another limit. States must not depend on limits either.</remarks>
public interface IStepGuard : ICheckpointPart
{
    /// <summary>Judges a step.</summary>
    /// <param name="step">Steps done, this one included.</param>
    /// <param name="columns">The completions that the step learned from.</param>
    GuardReport Observe(long step, ExperienceColumns columns);
}
