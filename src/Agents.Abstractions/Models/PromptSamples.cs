namespace Agents.Models;

/// <summary>One prompt and the random streams of its samples: as many samples as streams.</summary>
/// <param name="TokenIds">The prompt, not empty.</param>
/// <param name="Streams">One stream per sample.</param>
public sealed record PromptSamples(IReadOnlyList<int> TokenIds, IReadOnlyList<SampleStream> Streams)
{
    /// <summary>Gets the adapters that the samples of this prompt run with, as a weighted mixture. Default none: the base model. Prompts of one request may differ.</summary>
    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    /// <summary>Creates a request for <paramref name="count"/> samples whose streams are (seed, prompt index, 0 … count − 1).</summary>
    /// <param name="tokenIds">The prompt.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="prompt">Index of the prompt in the run.</param>
    /// <param name="count">Number of samples.</param>
    public static PromptSamples Create(IReadOnlyList<int> tokenIds, ulong seed, ulong prompt, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var streams = new SampleStream[count];
        for (int i = 0; i < count; i++)
        {
            streams[i] = new SampleStream(seed, prompt, (ulong)i);
        }

        return new PromptSamples(tokenIds, streams);
    }
}
