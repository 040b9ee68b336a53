using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>Turns a sampled completion into a row of experience: which tokens the policy wrote, and which it only read.</summary>
public interface ITrajectoryBuilder
{
    /// <summary>Gets a line with every setting that shapes the rows; it becomes part of a checkpoint's identity. Default the name of the type, for builders without settings.</summary>
    string Settings => GetType().Name;

    /// <summary>Builds a row.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="completion">What was sampled.</param>
    /// <param name="generationId">Hash of the generation that sampled.</param>
    /// <param name="version">Updates that its weights had seen.</param>
    ExperienceRow Build(RolloutPrompt prompt, SampledCompletion completion, string generationId, long version);
}
