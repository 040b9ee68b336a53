using System.Text.Json;

namespace Agents.Models.Tokenization;

/// <summary>Reads and writes <c>tokenizer_config.json</c>, which names the roles of tokens by their text.</summary>
internal static class HuggingFaceConfig
{
    public static TokenizerDefinition Apply(JsonElement root, TokenizerDefinition definition) => definition with
    {
        BosId = FindId(root, "bos_token", definition),
        EosId = FindId(root, "eos_token", definition),
        PaddingId = FindId(root, "pad_token", definition),
        AddBos = ReadFlag(root, "add_bos_token"),
        AddEos = ReadFlag(root, "add_eos_token"),
        ChatTemplate = root.TryGetProperty("chat_template", out JsonElement template) ? ReadTemplate(template) : null,
    };

    public static void Write(Utf8JsonWriter writer, TokenizerDefinition definition, bool addBos)
    {
        writer.WriteStartObject();
        writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        writer.WriteBoolean("clean_up_tokenization_spaces", false);
        writer.WriteBoolean("add_bos_token", addBos);
        if (definition.AddEos is bool addEos)
        {
            writer.WriteBoolean("add_eos_token", addEos);
        }

        WriteToken(writer, "bos_token", definition, definition.BosId);
        WriteToken(writer, "eos_token", definition, definition.EosId);
        WriteToken(writer, "pad_token", definition, definition.PaddingId);
        if (definition.ChatTemplate is not null)
        {
            writer.WriteString("chat_template", definition.ChatTemplate);
        }

        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, string name, TokenizerDefinition definition, int? id)
    {
        if (id is int value)
        {
            writer.WriteString(name, definition.Tokens[value]);
        }
    }

    private static bool? ReadFlag(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : null;

    /// <summary>A template is one string, or a list of named ones of which "default" is meant.</summary>
    private static string? ReadTemplate(JsonElement template) => template.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Array => template.EnumerateArray()
            .FirstOrDefault(entry => entry.GetProperty("name").GetString() == "default") is { ValueKind: JsonValueKind.Object } found
            ? found.GetProperty("template").GetString()
            : null,
        _ => template.GetString(),
    };

    private static int? FindId(JsonElement root, string name, TokenizerDefinition definition)
    {
        if (!root.TryGetProperty(name, out JsonElement token) || token.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string text = token.ValueKind == JsonValueKind.Object ? token.GetProperty("content").GetString()! : token.GetString()!;
        for (int id = definition.Tokens.Count - 1; id >= 0; id--)
        {
            if (definition.Tokens[id] == text)
            {
                return id;
            }
        }

        throw new TokenizerException($"{name} is '{text}', which the vocabulary lacks.");
    }
}
