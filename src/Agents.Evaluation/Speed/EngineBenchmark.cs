using Agents.Models;

namespace Agents.Evaluation.Speed;

/// <summary>
/// Times a language model through its public interface, sampling included. Prompts are random token ids, different in every call, so that no prefix cache can
/// answer for the model. Greedy, end tokens ignored.
/// </summary>
/// <param name="model">The model; nothing else should use it meanwhile.</param>
/// <param name="stream">Source of the prompts.</param>
/// <param name="time">Clock.</param>
public sealed class EngineBenchmark(ILanguageModel model, SampleStream stream, TimeProvider time)
{
    private SampleStream _stream = stream;

    /// <summary>Returns a prompt of random ids.</summary>
    /// <param name="tokens">Its length.</param>
    public int[] NextPrompt(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        var ids = new int[tokens];
        for (int i = 0; i < tokens; i++)
        {
            ids[i] = _stream.NextInt(model.Shape.VocabularySize);
        }

        return ids;
    }

    /// <summary>Times a prompt up to its first token.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    /// <returns>Seconds.</returns>
    public async Task<double> PrefillAsync(IReadOnlyList<int> prompt, CancellationToken cancellationToken = default)
    {
        GroupTiming timing = await GroupAsync(prompt, 1, 1, cancellationToken).ConfigureAwait(false);
        return timing.PromptSeconds;
    }

    /// <summary>Times tokens behind a prompt, the prompt and the first token left out.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="tokens">Tokens to time.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    /// <returns>Seconds for all of them.</returns>
    public async Task<double> DecodeAsync(IReadOnlyList<int> prompt, int tokens, CancellationToken cancellationToken = default)
    {
        GroupTiming timing = await GroupAsync(prompt, 1, tokens + 1, cancellationToken).ConfigureAwait(false);
        return timing.DecodeSeconds;
    }

    /// <summary>Times several samples of one prompt.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="tokens">Tokens per sample.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    public async Task<GroupTiming> GroupAsync(IReadOnlyList<int> prompt, int samples, int tokens, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokens);
        GenerationRequest request = new()
        {
            Prompts = [PromptSamples.Create(prompt, 0, 0, samples)],
            Sampling = SamplingOptions.Greedy,
            MaxTokens = tokens,
            IgnoreEndTokens = true,
        };
        int waiting = samples;
        int decoded = 0;
        var seen = new bool[samples];
        long start = time.GetTimestamp();
        long first = start;
        long last = start;
        await foreach (GeneratedToken token in model.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            last = time.GetTimestamp();
            if (seen[token.Sample])
            {
                decoded++;
                continue;
            }

            seen[token.Sample] = true;
            first = --waiting == 0 ? last : first;
        }

        return new GroupTiming(time.GetElapsedTime(start, first).TotalSeconds, time.GetElapsedTime(first, last).TotalSeconds, decoded);
    }
}
