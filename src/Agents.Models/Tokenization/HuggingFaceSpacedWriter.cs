using System.Text.Json;

namespace Agents.Models.Tokenization;

/// <summary>
/// Writes the parts of <c>tokenizer.json</c> that differ for the SentencePiece kinds. Scores of SentencePiece BPE become merges: every way in which two
/// tokens make a third, the best score first.
/// </summary>
internal static class HuggingFaceSpacedWriter
{
    private const string Space = "\u2581";

    public static void WriteNormalizer(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("normalizer");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("normalizers");
        if (definition.Normalization is not null)
        {
            WriteStep(writer, definition.Normalization);
        }

        if (definition.AddSpacePrefix ?? true)
        {
            WriteStep(writer, "Prepend", () => writer.WriteString("prepend", Space));
        }

        WriteReplace(writer, " ", Space);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteSplitter(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        if (!definition.SplitsAtSpaces)
        {
            writer.WriteNull("pre_tokenizer");
            return;
        }

        writer.WriteStartObject("pre_tokenizer");
        writer.WriteString("type", "Metaspace");
        writer.WriteString("replacement", Space);
        writer.WriteString("prepend_scheme", "never");
        writer.WriteBoolean("split", true);
        writer.WriteEndObject();
    }

    public static void WriteDecoder(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("decoder");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("decoders");
        WriteReplace(writer, Space, " ");
        WriteStep(writer, "ByteFallback");
        WriteStep(writer, "Fuse");
        if (definition.AddSpacePrefix ?? true)
        {
            WriteStep(writer, "Strip", () =>
            {
                writer.WriteString("content", " ");
                writer.WriteNumber("start", 1);
                writer.WriteNumber("stop", 0);
            });
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteModel(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        bool unigram = definition.Model == UnigramTokenizer.ModelName;
        bool hasBytes = definition.Kinds.Contains(TokenKind.Byte);
        writer.WriteStartObject("model");
        writer.WriteString("type", unigram ? "Unigram" : "BPE");
        if (unigram)
        {
            WriteId(writer, "unk_id", definition.UnknownId);
            WriteScores(writer, definition);
            writer.WriteBoolean("byte_fallback", hasBytes);
        }
        else
        {
            writer.WriteNull("dropout");
            writer.WriteString("unk_token", definition.UnknownId is int unknown ? definition.Tokens[unknown] : null);
            writer.WriteNull("continuing_subword_prefix");
            writer.WriteNull("end_of_word_suffix");
            writer.WriteBoolean("fuse_unk", true);
            writer.WriteBoolean("byte_fallback", hasBytes);
            WriteVocabulary(writer, definition);
            HuggingFaceVocabularyWriter.WriteMerges(writer, definition.Merges.Count > 0 ? definition.Merges : MergesOf(definition));
        }

        writer.WriteEndObject();
    }

    /// <summary>Every split of a token into two tokens, by score of the whole and then by place of the cut.</summary>
    private static List<string> MergesOf(TokenizerDefinition definition)
    {
        HashSet<string> ordinary = new(
            Enumerable.Range(0, definition.Tokens.Count).Where(id => IsOrdinary(definition, id)).Select(id => definition.Tokens[id]), StringComparer.Ordinal);
        List<string> merges = [];
        foreach (int id in Enumerable.Range(0, definition.Tokens.Count).Where(id => IsOrdinary(definition, id)).OrderByDescending(id => definition.Scores[id]))
        {
            string text = definition.Tokens[id];
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (!char.IsLowSurrogate(text[cut]) && ordinary.Contains(text[..cut]) && ordinary.Contains(text[cut..]))
                {
                    merges.Add($"{text[..cut]} {text[cut..]}");
                }
            }
        }

        return merges;
    }

    private static bool IsOrdinary(TokenizerDefinition definition, int id) => definition.KindOf(id) is TokenKind.Normal or TokenKind.Undefined;

    private static void WriteVocabulary(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartObject("vocab");
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (definition.KindOf(id) is not (TokenKind.Unused or TokenKind.Control or TokenKind.UserDefined))
            {
                writer.WriteNumber(definition.Tokens[id], id);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteScores(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        int count = definition.Tokens.Count;
        while (count > 0 && definition.KindOf(count - 1) == TokenKind.Unused)
        {
            count--;
        }

        writer.WriteStartArray("vocab");
        for (int id = 0; id < count; id++)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(definition.Tokens[id]);
            writer.WriteNumberValue(definition.Scores[id]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteReplace(Utf8JsonWriter writer, string old, string content) => WriteStep(writer, "Replace", () =>
    {
        writer.WriteStartObject("pattern");
        writer.WriteString("String", old);
        writer.WriteEndObject();
        writer.WriteString("content", content);
    });

    private static void WriteStep(Utf8JsonWriter writer, string type, Action? writeRest = null)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writeRest?.Invoke();
        writer.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter writer, string name, int? id)
    {
        if (id is int value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
