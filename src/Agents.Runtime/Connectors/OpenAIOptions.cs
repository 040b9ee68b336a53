using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Agents.Runtime.Connectors;

/// <summary>Chat options in the wire format.</summary>
internal static class OpenAIOptions
{
    /// <summary>Converts options.</summary>
    /// <param name="options">The options; null for none.</param>
    /// <param name="official">Whether the endpoint is OpenAI's own, which refuses the older name of the output limit.</param>
    /// <param name="choices">How many choices to ask for.</param>
    public static ChatCompletionOptions Convert(ChatOptions? options, bool official, int choices = 1)
    {
        ChatCompletionOptions converted = new();
        if (choices > 1)
        {
#pragma warning disable SCME0001 // The package's typed options have no 'n'; its patch is the only way to send one.
            converted.Patch.Set("$.n"u8, choices);
#pragma warning restore SCME0001
        }

        if (options is null)
        {
            return converted;
        }

        converted.Temperature = options.Temperature;
        converted.TopP = options.TopP;
        converted.FrequencyPenalty = options.FrequencyPenalty;
        converted.PresencePenalty = options.PresencePenalty;
        converted.MaxOutputTokenCount = options.MaxOutputTokens;
        if (!official && options.MaxOutputTokens is { } limit)
        {
#pragma warning disable SCME0001 // Compatible servers know the output limit by its older name 'max_tokens', which the typed options lack.
            converted.Patch.Set("$.max_tokens"u8, limit);
#pragma warning restore SCME0001
        }

        foreach (string stop in options.StopSequences ?? [])
        {
            converted.StopSequences.Add(stop);
        }

#pragma warning disable OPENAI001 // The seed is marked for evaluation in the package; servers have honoured it for years.
        converted.Seed = options.Seed ?? SeedOf(options);
#pragma warning restore OPENAI001
        converted.ResponseFormat = options.ResponseFormat switch
        {
            ChatResponseFormatJson { Schema: { } schema } json => OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                json.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()), json.SchemaDescription),
            ChatResponseFormatJson => OpenAI.Chat.ChatResponseFormat.CreateJsonObjectFormat(),
            _ => null,
        };
        if (options.AdditionalProperties?.TryGetValue(ChatOptionKeys.Regex, out string? pattern) == true)
        {
            if (official)
            {
                throw new NotSupportedException("The official API cannot hold an answer to a regular expression; use a JSON schema as the response format.");
            }

#pragma warning disable SCME0001 // The typed options have no pattern; 'regex' is the name that this project's own server knows.
            converted.Patch.Set("$.regex"u8, pattern);
#pragma warning restore SCME0001
        }

        AddTools(options, converted);
        return converted;
    }

    private static void AddTools(ChatOptions options, ChatCompletionOptions converted)
    {
        foreach (AIFunctionDeclaration tool in (options.Tools ?? []).OfType<AIFunctionDeclaration>())
        {
            converted.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        }

        if (converted.Tools.Count == 0)
        {
            return;
        }

        converted.ToolChoice = options.ToolMode switch
        {
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
            AutoChatToolMode => ChatToolChoice.CreateAutoChoice(),
            _ => null,
        };
        converted.AllowParallelToolCalls = options.AllowMultipleToolCalls;
    }

    // Our random stream as a seed, so that servers that honour seeds repeat a run.
    private static long? SeedOf(ChatOptions options) =>
        options.AdditionalProperties?.TryGetValue(ChatOptionKeys.Stream, out object? value) == true && value is SampleStream stream
            ? (long)(stream.NextBits() & int.MaxValue)
            : null;
}
