using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary>Turns the JSON of a chat completion request into a checked request. What is not understood is refused, never skipped.</summary>
internal static class ChatRequestReader
{
    private const int MaximumStops = 4;
    private const int LongestStop = 256;

    /// <summary>Fields with an effect here.</summary>
    private static readonly HashSet<string> Understood =
    [
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "n", "stop", "seed", "stream", "stream_options",
        "presence_penalty", "frequency_penalty", "tools", "tool_choice", "parallel_tool_calls", "response_format", "logprobs", "top_logprobs", "modalities",
        "logit_bias", "regex",
    ];

    /// <summary>Fields about billing, storing and caching elsewhere: they change no answer, so ignoring them is honest.</summary>
    private static readonly HashSet<string> Harmless =
        ["user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"];

    /// <summary>Reads a request.</summary>
    /// <param name="root">The JSON.</param>
    /// <param name="limits">The server's limits.</param>
    /// <exception cref="ApiErrorException">A field is missing, of the wrong kind, out of range, unknown, or not supported.</exception>
    public static ChatCompletionRequest Read(JsonElement root, AgentsServerOptions limits)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrorException.Invalid(null, $"The body is JSON of kind {root.ValueKind}; expected an object.");
        }

        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!Understood.Contains(property.Name) && !Harmless.Contains(property.Name))
            {
                throw ApiErrorException.Invalid(
                    property.Name, $"The field '{property.Name}' is not known. {NearestNames.Describe(property.Name, Understood)}", "unknown_parameter");
            }
        }

        JsonFields fields = new(root, "");
        RefuseUnsupported(fields);
        bool stream = fields.Flag("stream");
        ChatOptions options = ReadOptions(fields, limits);
        return new ChatCompletionRequest(
            fields.RequiredText("model"),
            ChatMessageReader.Read(fields, limits.MaximumMessages),
            options,
            (int)(fields.Integer("n", 1, limits.MaximumChoices) ?? 1),
            stream,
            ReadIncludeUsage(fields, stream));
    }

    private static ChatOptions ReadOptions(JsonFields fields, AgentsServerOptions limits)
    {
        long? asked = fields.Integer("max_completion_tokens", 1, long.MaxValue) ?? fields.Integer("max_tokens", 1, long.MaxValue);
        ChatOptions options = new()
        {
            MaxOutputTokens = (int)Math.Min(asked ?? limits.MaximumTokens, limits.MaximumTokens),
            Temperature = fields.Number("temperature", 0, 2),
            TopP = fields.Number("top_p", 0, 1),
            TopK = (int?)fields.Integer("top_k", 0, int.MaxValue),
            PresencePenalty = fields.Number("presence_penalty", -2, 2),
            FrequencyPenalty = fields.Number("frequency_penalty", -2, 2),
            Seed = fields.Integer("seed", long.MinValue, long.MaxValue),
            StopSequences = ReadStops(fields),
            ResponseFormat = ToolReader.ReadResponseFormat(fields),
        };
        ToolReader.Read(fields, options);

        // An extension of this server: the whole answer must match. Clients that know no patterns ignore it, as they ignore every property of ours.
        if (fields.Text("regex") is { } pattern)
        {
            options.AdditionalProperties = new AdditionalPropertiesDictionary { [ChatOptionKeys.Regex] = pattern };
        }

        return options;
    }

    private static List<string>? ReadStops(JsonFields fields)
    {
        if (fields.Any("stop") is not JsonElement value)
        {
            return null;
        }

        List<string> stops = [];
        if (value.ValueKind == JsonValueKind.String)
        {
            stops.Add(value.GetString()!);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in value.EnumerateArray())
            {
                stops.Add(entry.ValueKind == JsonValueKind.String ? entry.GetString()! : throw fields.Mismatch("stop", "a string or an array of strings"));
            }
        }
        else
        {
            throw fields.Mismatch("stop", "a string or an array of strings");
        }

        return stops.Count <= MaximumStops && stops.TrueForAll(stop => stop.Length is > 0 and <= LongestStop)
            ? stops
            : throw ApiErrorException.Invalid("stop", $"'stop' takes up to {MaximumStops} strings of 1 to {LongestStop} characters.");
    }

    private static bool ReadIncludeUsage(JsonFields fields, bool stream)
    {
        if (fields.Of("stream_options", JsonValueKind.Object) is not JsonElement options)
        {
            return false;
        }

        return stream
            ? new JsonFields(options, "stream_options").Flag("include_usage")
            : throw ApiErrorException.Invalid("stream_options", "'stream_options' is allowed only with 'stream'.");
    }

    private static void RefuseUnsupported(JsonFields fields)
    {
        if (fields.Flag("logprobs") || fields.Integer("top_logprobs", 0, 20) is > 0)
        {
            throw ApiErrorException.Invalid("logprobs", "This server does not report log-probabilities.", "unsupported_parameter");
        }

        if (fields.Of("logit_bias", JsonValueKind.Object) is { } bias && bias.EnumerateObject().Any())
        {
            throw ApiErrorException.Invalid("logit_bias", "This server does not bias tokens.", "unsupported_parameter");
        }

        if (fields.Of("modalities", JsonValueKind.Array) is { } modalities
            && modalities.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String || entry.GetString() != "text"))
        {
            throw ApiErrorException.Invalid("modalities", "This server answers with text only.", "unsupported_parameter");
        }
    }
}
