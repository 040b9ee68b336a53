using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>A prompt and one completion: every sampled token is learned, a sampled end token included.</summary>
public sealed class CompletionTrajectory : ITrajectoryBuilder
{
    /// <inheritdoc/>
    public ExperienceRow Build(RolloutPrompt prompt, SampledCompletion completion, string generationId, long version)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(completion);
        float[] mask = new float[completion.TokenIds.Length];
        Array.Fill(mask, 1f);
        return new ExperienceRow
        {
            PromptTokenIds = [.. prompt.TokenIds],
            CompletionTokenIds = completion.TokenIds,
            Mask = mask,
            SamplerLogProbability = completion.LogProbabilities,
            GenerationId = generationId,
            Version = version,
            Finish = completion.Finish,
        };
    }
}
