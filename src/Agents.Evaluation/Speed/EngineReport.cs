using System.Runtime.CompilerServices;
using Agents.Models;

namespace Agents.Evaluation.Speed;

/// <summary>The usual figures of an engine, one after the other: decode, prefill, group of n, cost by context length, resident memory.</summary>
public static class EngineReport
{
    /// <summary>Small models get more tokens per measurement, until a reader that wakes up late no longer counts.</summary>
    private const double LeastSeconds = 0.1;

    /// <summary>Measures a model.</summary>
    /// <param name="model">The model; nothing else should use it meanwhile.</param>
    /// <param name="threads">Its compute threads, for the rows.</param>
    /// <param name="options">What to measure; lengths are cut to the model's context.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Stops the measurement.</param>
    /// <returns>Rows as they are done.</returns>
    public static async IAsyncEnumerable<SpeedRow> MeasureAsync(
        ILanguageModel model, int threads, EngineBenchmarkOptions options, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        EngineBenchmark benchmark = new(model, new SampleStream(1, 0, 0), time);
        int context = model.Shape.ContextLength;
        int decodeTokens = Math.Min(options.DecodeTokens, Math.Max(1, (context / 2) - 1));
        const int shortPrompt = 16;
        yield return SpeedRow.Speed("decode", threads, decodeTokens, shortPrompt, 1, await MedianAsync(
            options.Rounds, () => benchmark.DecodeAsync(benchmark.NextPrompt(shortPrompt), decodeTokens, cancellationToken)).ConfigureAwait(false));

        int promptTokens = Math.Min(options.PromptTokens, context - 1);
        yield return SpeedRow.Speed("prefill", threads, promptTokens, 0, 1, await MedianAsync(
            options.Rounds, () => benchmark.PrefillAsync(benchmark.NextPrompt(promptTokens), cancellationToken)).ConfigureAwait(false));

        int groupPrompt = Math.Min(options.GroupPromptTokens, context / 2);
        int groupTokens = Math.Min(options.GroupTokens, context - groupPrompt);
        yield return SpeedRow.Speed("group", threads, options.GroupSamples * (groupTokens - 1), groupPrompt, options.GroupSamples, await MedianAsync(
            options.Rounds,
            async () => (await benchmark.GroupAsync(benchmark.NextPrompt(groupPrompt), options.GroupSamples, groupTokens, cancellationToken).ConfigureAwait(false)).DecodeSeconds)
            .ConfigureAwait(false));

        foreach (int length in options.ContextLengths.Where(length => length + options.ContextTokens + 1 <= context))
        {
            int tokens = options.ContextTokens;
            double trial = await benchmark.DecodeAsync(benchmark.NextPrompt(length), tokens, cancellationToken).ConfigureAwait(false);
            tokens = Math.Clamp((int)(tokens * LeastSeconds / Math.Max(trial, 1e-4)), tokens, Math.Max(tokens, Math.Min(context - length - 1, length)));
            yield return SpeedRow.Speed("context", threads, tokens, length, 1, await MedianAsync(
                options.Rounds, () => benchmark.DecodeAsync(benchmark.NextPrompt(length), tokens, cancellationToken)).ConfigureAwait(false));
        }

        yield return new SpeedRow("memory", threads, 0, 0, 0, 0, 0, Environment.WorkingSet);
    }

    private static async Task<double> MedianAsync(int rounds, Func<Task<double>> measure)
    {
        await measure().ConfigureAwait(false);
        var seconds = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            seconds[round] = await measure().ConfigureAwait(false);
        }

        Array.Sort(seconds);
        return (seconds[rounds / 2] + seconds[(rounds - 1) / 2]) / 2;
    }
}
