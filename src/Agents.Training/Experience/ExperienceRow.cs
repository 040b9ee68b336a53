using System.Collections.Immutable;

namespace Agents.Training.Experience;

/// <summary>One sampled completion with everything that samplers, losses, staleness gates and curators read. Token ids are as recorded and never made from text again.</summary>
public sealed record ExperienceRow
{
    /// <summary>Gets the prompt.</summary>
    public required int[] PromptTokenIds { get; init; }

    /// <summary>Gets the sampled tokens, the end token included when it was sampled; [tokens].</summary>
    public required int[] CompletionTokenIds { get; init; }

    /// <summary>Gets how much each completion token counts: 1 for sampled ones, 0 for observations and forced ones; [tokens].</summary>
    public required float[] Mask { get; init; }

    /// <summary>Gets the log-probability of each token as the sampler drew it; [tokens].</summary>
    public required float[] SamplerLogProbability { get; init; }

    /// <summary>Gets the log-probability of each token under the trainer's weights at the start of the step; [tokens] or empty when not computed.</summary>
    public double[] OldLogProbability { get; init; } = [];

    /// <summary>Gets the log-probability of each token under the frozen reference; [tokens] or empty when not computed.</summary>
    public double[] ReferenceLogProbability { get; init; } = [];

    /// <summary>Gets the reward components by name; NaN is one that could not be scored.</summary>
    public ImmutableSortedDictionary<string, double> Rewards { get; init; } = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Gets the composed reward; NaN where the completion could not be scored, which masks it everywhere.</summary>
    public double Reward { get; init; } = double.NaN;

    /// <summary>Gets the advantage; 0 until estimated.</summary>
    public double Advantage { get; init; }

    /// <summary>Gets the hash of the generation that sampled.</summary>
    public required string GenerationId { get; init; }

    /// <summary>Gets the number of updates that the sampling weights had seen; the age of a row is the trainer's number minus this one.</summary>
    public required long Version { get; init; }

    /// <summary>Gets why the completion ended.</summary>
    public GenerationFinish Finish { get; init; }

    /// <summary>Gets whether a limit cut the completion.</summary>
    public bool IsTruncated => Finish is GenerationFinish.Length or GenerationFinish.ContextFull;

    /// <summary>Checks that columns fit together.</summary>
    /// <exception cref="ArgumentException">Names the first broken rule.</exception>
    public void Validate()
    {
        int tokens = CompletionTokenIds.Length;
        if (PromptTokenIds.Length == 0 || tokens == 0)
        {
            throw new ArgumentException($"A row has {PromptTokenIds.Length} prompt and {tokens} completion tokens; both must be positive.");
        }

        Require(Mask.Length == tokens, nameof(Mask), Mask.Length, tokens);
        Require(SamplerLogProbability.Length == tokens, nameof(SamplerLogProbability), SamplerLogProbability.Length, tokens);
        Require(OldLogProbability.Length == tokens || OldLogProbability.Length == 0, nameof(OldLogProbability), OldLogProbability.Length, tokens);
        Require(ReferenceLogProbability.Length == tokens || ReferenceLogProbability.Length == 0, nameof(ReferenceLogProbability), ReferenceLogProbability.Length, tokens);
    }

    private static void Require(bool holds, string column, int length, int tokens)
    {
        if (!holds)
        {
            throw new ArgumentException($"The column {column} of a row has {length} entries; its completion has {tokens} tokens.");
        }
    }
}
