using Agents.Training.Experience;
using Agents.Training.Rollouts;

namespace Agents.Training.Rewards;

/// <summary>Scores a group: named components and one composed reward per completion. NaN is "could not be scored", which differs from every number.</summary>
public interface IRewardComposer
{
    /// <summary>Gets a line with every setting that shapes rewards; it becomes part of the checkpoint's identity.</summary>
    string Settings { get; }

    /// <summary>Scores a group.</summary>
    /// <param name="prompt">The prompt and what is known about it.</param>
    /// <param name="group">The completions.</param>
    /// <param name="cancellationToken">Passed to verifiers.</param>
    /// <returns>The same completions with their rewards.</returns>
    ValueTask<ExperienceGroup> ScoreAsync(RolloutPrompt prompt, ExperienceGroup group, CancellationToken cancellationToken = default);
}
