using System.Collections.Immutable;

namespace Agents.Models.Sampling;

/// <summary>Translates options into stages, in the order the options ask for (papers/00-model-architecture §11). Stages that change nothing are left out.</summary>
public static class SamplerChain
{
    /// <summary>Returns the stages that change logits because of earlier tokens; they always come first.</summary>
    /// <param name="options">Valid options.</param>
    public static ImmutableArray<ISamplingStage> Penalties(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<ISamplingStage> stages = [];
        bool looksBack = options.PenaltyWindow > 0;
        if (looksBack && options.RepetitionPenalty != 1)
        {
            stages.Add(new RepetitionPenaltyStage(options.RepetitionPenalty));
        }

        if (looksBack && (options.FrequencyPenalty != 0 || options.PresencePenalty != 0))
        {
            stages.Add(new OccurrencePenaltyStage(options.FrequencyPenalty, options.PresencePenalty));
        }

        return [.. stages];
    }

    /// <summary>Returns the stages that truncate, and the temperature at its place among them. Greedy decoding has none.</summary>
    /// <param name="options">Valid options.</param>
    public static ImmutableArray<ISamplingStage> Shaping(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Temperature == 0)
        {
            return [];
        }

        ISamplingStage? temperature = options.Temperature == 1 ? null : new TemperatureStage(options.Temperature);
        ISamplingStage? topK = options.TopK == 0 ? null : new TopKStage(options.TopK);
        ISamplingStage? topP = options.TopP >= 1 ? null : new TopPStage(options.TopP);
        ISamplingStage? minP = options.MinP <= 0 ? null : new MinPStage(options.MinP);
        ISamplingStage? typical = options.TypicalP >= 1 ? null : new TypicalStage(options.TypicalP);
        ISamplingStage?[] ordered = options.Order == SamplerOrder.TruncateThenTemper
            ? [topK, typical, topP, minP, temperature]
            : [temperature, topK, topP, minP, typical];
        return [.. ordered.OfType<ISamplingStage>()];
    }

    /// <summary>Whether some tokens may be excluded.</summary>
    /// <param name="options">Valid options.</param>
    public static bool Truncates(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Temperature > 0 && (options.TopK > 0 || options.TopP < 1 || options.MinP > 0 || options.TypicalP < 1);
    }
}
