using System.Collections.Immutable;
using Agents.Models.Chat.Tools;
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
    private readonly ToolCallFormat _format = defaults.ToolCalls ?? ToolCallFormats.Detect(model.Tokenizer, template);
    private long _calls = -1;

    /// <summary>Builds the request of some samples.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="options">Settings of the call.</param>
    public ChatRequest Map(IEnumerable<ChatMessage> messages, int count, ChatOptions? options)
    {
        OfferedTools? tools = OfferedTools.From(options, _format);
        OutputConstraint? constraint = Constraint(options, tools);
        int[] prompt = Prompt(messages, options, tools);
        SampleStream stream = Stream(options);
        var streams = new SampleStream[count];
        for (int i = 0; i < count; i++)
        {
            streams[i] = stream.Fork((ulong)i);
        }

        GenerationRequest request = new()
        {
            Prompts = [new PromptSamples(prompt, streams) { Adapters = Adapters(options) }],
            MaxTokens = options?.MaxOutputTokens ?? defaults.MaxTokens,
            Sampling = Sampling(options),
            StopSequences = options?.StopSequences is { } stops ? [.. stops] : [],
            StopTokenIds = _stopIds,
            TopLogProbabilities = options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.TopLogProbabilities, out int top) == true ? top : 0,
            Constraint = constraint,
        };
        return new ChatRequest(request, tools);
    }

    /// <summary>Encodes the prompt of a call.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Settings of the call.</param>
    public int[] Prompt(IEnumerable<ChatMessage> messages, ChatOptions? options) => Prompt(messages, options, OfferedTools.From(options, _format));

    /// <summary>Encodes a conversation and the assistant's message after it.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="target">The assistant's message.</param>
    /// <param name="options">Settings of the call.</param>
    public EncodedConversation Example(IEnumerable<ChatMessage> messages, ChatMessage target, ChatOptions? options)
    {
        TemplateInput input = Input(options, OfferedTools.From(options, _format)) with { AddGenerationPrompt = false };
        TokenizedPrompt tokens = template.Render([.. ChatTurns.From(messages, options?.Instructions), .. ChatTurns.From([target], null)], input).TokenizeWithTargets(model.Tokenizer);
        if (tokens.Targets.Count == 0)
        {
            throw new NotSupportedException($"The chat template '{template.Name}' does not tell what the assistant writes, so nothing can be learned from its conversations.");
        }

        Range written = tokens.Targets[^1];
        return new EncodedConversation(tokens.Ids[..written.Start], tokens.Ids[written]);
    }

    private static TemplateInput Input(ChatOptions? options, OfferedTools? tools) => new() { Tools = tools?.Definitions ?? [], Variables = Variables(options) };

    private int[] Prompt(IEnumerable<ChatMessage> messages, ChatOptions? options, OfferedTools? tools)
    {
        int[] prompt = template.Render(ChatTurns.From(messages, options?.Instructions), Input(options, tools)).Tokenize(model.Tokenizer);
        return tools is { PromptOpensCall: true } && model.Tokenizer.TryGetSpecialId(ToolCallFormats.ListMarker, out int marker) ? [.. prompt, marker] : prompt;
    }

    private static IReadOnlyList<AdapterUse> Adapters(ChatOptions? options)
    {
        object? value = null;
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Adapters, out value);
        return value switch
        {
            null => [],
            string id => [new AdapterUse(id)],
            IEnumerable<AdapterUse> uses => [.. uses],
            _ => throw new ArgumentException(
                $"ChatOptions.AdditionalProperties[\"{ChatOptionKeys.Adapters}\"] is {value.GetType().Name}; expected an id or a sequence of {nameof(AdapterUse)}.", nameof(options)),
        };
    }

    /// <summary>What the answer must look like: a format, one call, or either of them where calls are offered beside a format.</summary>
    private OutputConstraint? Constraint(ChatOptions? options, OfferedTools? tools)
    {
        OutputConstraint? format = Format(options);
        bool calls = tools is { Required: true };
        if (format is null && !calls)
        {
            return null;
        }

        if (!model.Capabilities.HasFlag(LanguageModelCapabilities.Grammar))
        {
            throw new NotSupportedException(
                $"The model '{model.Name}' cannot decode under a grammar, so neither a response format nor a tool call can be required of it.");
        }

        if (tools is null)
        {
            return format;
        }

        List<IReadOnlyList<OutputPart>> alternatives = tools.Alternatives();
        if (!calls)
        {
            if (format!.Kind == OutputConstraintKind.Regex)
            {
                throw new NotSupportedException($"'{ChatOptionKeys.Regex}' holds for the whole answer and leaves no room for tool calls; set ToolMode to None.");
            }

            if (tools.Format == ToolCallFormat.List)
            {
                // The marker of a call is a control token there, so beside a format no call can be written.
                return format;
            }

            alternatives.Add([new OutputPart(format.Text, true)]);
        }

        return OutputConstraint.Alternatives(alternatives);
    }

    private static OutputConstraint? Format(ChatOptions? options)
    {
        string? pattern = null;
        if (options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Regex, out object? value) == true)
        {
            pattern = value as string
                ?? throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{ChatOptionKeys.Regex}\"] is {value?.GetType().Name ?? "null"}; expected a string.", nameof(options));
        }

        if (options?.ResponseFormat is not ChatResponseFormatJson json)
        {
            return pattern is null ? null : OutputConstraint.Regex(pattern);
        }

        return pattern is not null
            ? throw new ArgumentException($"Both a JSON response format and '{ChatOptionKeys.Regex}' were given; choose one.", nameof(options))
            : OutputConstraint.JsonSchema(json.Schema is { } schema ? schema.GetRawText() : """{"type":"object"}""");
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
