using System.Buffers;
using Agents.Models.Adapters;
using Agents.Models.Serving;

namespace Agents.Models.Generation;

/// <summary>The samples of one prompt. The first one feeds the prompt; the logits after it are held until its siblings have drawn from them, too.</summary>
/// <param name="tokens">The prompt.</param>
/// <param name="streams">One stream per sample.</param>
/// <param name="firstSample">Index of the first sample in the request.</param>
/// <param name="mixture">Adapters, or null; disposed with the request.</param>
internal sealed class PromptGroup(int[] tokens, SampleStream[] streams, int firstSample, AdapterMixture? mixture)
{
    private int _drawn;

    public int[] Tokens { get; } = tokens;

    public IReadOnlyList<SampleStream> Streams { get; } = streams;

    public int FirstSample { get; } = firstSample;

    public AdapterMixture? Mixture { get; } = mixture;

    /// <summary>Gets the prompt's keys and values, kept for the siblings.</summary>
    public SharedPrefix Shared { get; } = new(tokens.Length, streams.Length);

    /// <summary>Gets the logits after the prompt while siblings wait for them.</summary>
    public float[]? Logits { get; private set; }

    /// <summary>Gets or sets how many samples were handed to the scheduler.</summary>
    public int Taken { get; set; }

    /// <summary>Keeps a copy of the logits after the prompt, if a sibling needs them.</summary>
    public void Hold(ReadOnlySpan<float> logits)
    {
        if (Streams.Count > 1 && Logits is null)
        {
            Logits = ArrayPool<float>.Shared.Rent(logits.Length);
            logits.CopyTo(Logits);
        }
    }

    /// <summary>Notes that a sample has drawn its first token.</summary>
    public void Started(GenerationJob job)
    {
        _drawn++;
        if (_drawn == 1 && Streams.Count > 1)
        {
            job.Open(this);
        }

        if (_drawn == Streams.Count)
        {
            Drop();
        }
    }

    /// <summary>Gives up the logits.</summary>
    public void Drop()
    {
        if (Logits is { } logits)
        {
            Logits = null;
            ArrayPool<float>.Shared.Return(logits);
        }
    }
}
