using System.Collections.Immutable;
using Agents.Models.Templates;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat;

/// <summary>Translates a chat call into a token request.</summary>
/// <param name="model">The model.</param>
/// <param name="template">Its chat template.</param>
/// <param name="defaults">What holds where the call says nothing.</param>
internal sealed class ChatRequestMapper(ILanguageModel model, ChatTemplate template, LocalChatClientOptions defaults)
{
    private readonly IReadOnlyList<int> _stopIds = template.FindStopIds(model.Tokenizer);
    private long _calls = -1;

    /// <summary>Builds the request of some samples.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="options">Settings of the call.</param>
    public GenerationRequest Map(IEnumerable<ChatMessage> messages, int count, ChatOptions? options)
    {
        RequireSupported(options);
        int[] prompt = template.Render(ChatTurns.From(messages, options?.Instructions), new TemplateInput { Variables = Variables(options) }).Tokenize(model.Tokenizer);
        SampleStream stream = Stream(options);
        var streams = new SampleStream[count];
        for (int i = 0; i < count; i++)
        {
            streams[i] = stream.Fork((ulong)i);
        }

        return new GenerationRequest
        {
            Prompts = [new PromptSamples(prompt, streams)],
            MaxTokens = options?.MaxOutputTokens ?? defaults.MaxTokens,
            Sampling = Sampling(options),
            StopSequences = options?.StopSequences is { } stops ? [.. stops] : [],
            StopTokenIds = _stopIds,
            TopLogProbabilities = options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.TopLogProbabilities, out int top) == true ? top : 0,
        };
    }

    private static void RequireSupported(ChatOptions? options)
    {
        if (options?.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode)
        {
            throw new NotSupportedException(
                $"The embedded model cannot call tools; {options.Tools.Count} were offered. Leave ChatOptions.Tools empty or set ToolMode to None.");
        }

        if (options?.ResponseFormat is ChatResponseFormatJson)
        {
            throw new NotSupportedException("The embedded model cannot be held to a JSON response format; ask for JSON in the prompt and check the answer.");
        }
    }

    private static IReadOnlyDictionary<string, object?> Variables(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.TemplateVariables, out object? value) != true || value is null ? ImmutableDictionary<string, object?>.Empty
            : value as IReadOnlyDictionary<string, object?>
                ?? throw new ArgumentException(
                    $"ChatOptions.AdditionalProperties[\"{ChatOptionKeys.TemplateVariables}\"] is {value.GetType().Name}; expected a dictionary with string keys.", nameof(options));

    private SampleStream Stream(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Stream, out object? value) == true)
        {
            return value is SampleStream stream
                ? stream
                : throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{ChatOptionKeys.Stream}\"] is {value?.GetType().Name ?? "null"}; expected {nameof(SampleStream)}.", nameof(options));
        }

        return options?.Seed is long seed ? new SampleStream((ulong)seed) : new SampleStream(defaults.Seed, (ulong)Interlocked.Increment(ref _calls));
    }

    private SamplingOptions Sampling(ChatOptions? options) => options is null ? defaults.Sampling : defaults.Sampling with
    {
        Temperature = options.Temperature is float temperature ? ShortestDecimal.Widen(temperature) : defaults.Sampling.Temperature,
        TopP = options.TopP is float mass ? ShortestDecimal.Widen(mass) : defaults.Sampling.TopP,
        TopK = options.TopK ?? defaults.Sampling.TopK,
        FrequencyPenalty = options.FrequencyPenalty is float frequency ? ShortestDecimal.Widen(frequency) : defaults.Sampling.FrequencyPenalty,
        PresencePenalty = options.PresencePenalty is float presence ? ShortestDecimal.Widen(presence) : defaults.Sampling.PresencePenalty,
    };
}
