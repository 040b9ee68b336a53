using Agents.Training.Checkpoints;
using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>Decides which prompt comes next (curriculum). Its state is part of the checkpoint; it is called from one thread at a time.</summary>
public interface IPromptSampler : ICheckpointPart
{
    /// <summary>Gets a line that changes when any prompt or setting changes; it becomes part of the checkpoint's identity.</summary>
    string Fingerprint { get; }

    /// <summary>Returns the next prompt.</summary>
    RolloutPrompt Next();

    /// <summary>Sees how a prompt went, before the prompts of the next step are drawn.</summary>
    /// <param name="group">The scored completions.</param>
    void Observe(ExperienceGroup group);
}
