using System.Text.Json;

namespace Agents.Models.Tokenization;

/// <summary>Writes <c>tokenizer.json</c>.</summary>
internal static class HuggingFaceVocabularyWriter
{
    public static void Write(Utf8JsonWriter writer, TokenizerDefinition definition, bool addBos)
    {
        bool byteLevel = definition.Model == BytePairTokenizer.ModelName;
        PreSplitter splitter = byteLevel ? PreSplitter.ForName(definition.Pre) : PreSplitter.Gpt2;
        writer.WriteStartObject();
        writer.WriteString("version", "1.0");
        writer.WriteNull("truncation");
        writer.WriteNull("padding");
        WriteAddedTokens(writer, definition);
        if (byteLevel)
        {
            WriteNormalizer(writer, definition.Normalization);
            WriteSplitter(writer, splitter);
            WritePostProcessor(writer, definition, addBos);
            writer.WriteStartObject("decoder");
            WriteByteLevel(writer);
            writer.WriteEndObject();
            WriteModel(writer, definition, splitter);
        }
        else
        {
            HuggingFaceSpacedWriter.WriteNormalizer(writer, definition);
            HuggingFaceSpacedWriter.WriteSplitter(writer, definition);
            WritePostProcessor(writer, definition, addBos);
            HuggingFaceSpacedWriter.WriteDecoder(writer, definition);
            HuggingFaceSpacedWriter.WriteModel(writer, definition);
        }

        writer.WriteEndObject();
    }

    private static void WriteAddedTokens(Utf8JsonWriter writer, TokenizerDefinition definition)
    {
        writer.WriteStartArray("added_tokens");
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (!IsAdded(definition, id))
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("content", definition.Tokens[id]);
            writer.WriteBoolean("single_word", false);
            writer.WriteBoolean("lstrip", false);
            writer.WriteBoolean("rstrip", false);
            writer.WriteBoolean("normalized", false);
            writer.WriteBoolean("special", definition.IsControl(id));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static bool IsAdded(TokenizerDefinition definition, int id) =>
        definition.IsControl(id) || definition.KindOf(id) == TokenKind.UserDefined;

    private static void WriteNormalizer(Utf8JsonWriter writer, string? normalization)
    {
        if (normalization is null)
        {
            writer.WriteNull("normalizer");
            return;
        }

        writer.WriteStartObject("normalizer");
        writer.WriteString("type", normalization);
        writer.WriteEndObject();
    }

    private static void WriteSplitter(Utf8JsonWriter writer, PreSplitter splitter)
    {
        writer.WriteStartObject("pre_tokenizer");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("pretokenizers");
        writer.WriteStartObject();
        writer.WriteString("type", "Split");
        writer.WriteStartObject("pattern");
        writer.WriteString("Regex", splitter.Pattern);
        writer.WriteEndObject();
        writer.WriteString("behavior", "Isolated");
        writer.WriteBoolean("invert", false);
        writer.WriteEndObject();
        writer.WriteStartObject();
        WriteByteLevel(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "ByteLevel");
        writer.WriteBoolean("add_prefix_space", false);
        writer.WriteBoolean("trim_offsets", false);
        writer.WriteBoolean("use_regex", false);
    }

    private static void WritePostProcessor(Utf8JsonWriter writer, TokenizerDefinition definition, bool addBos)
    {
        writer.WriteStartObject("post_processor");
        if (!addBos || definition.BosId is not int bos)
        {
            // A byte-level step after encoding changes offsets only.
            WriteByteLevel(writer);
            writer.WriteEndObject();
            return;
        }

        string text = definition.Tokens[bos];
        writer.WriteString("type", "TemplateProcessing");
        WriteTemplate(writer, "single", text, ["A"]);
        WriteTemplate(writer, "pair", text, ["A", "B"]);
        writer.WriteStartObject("special_tokens");
        writer.WriteStartObject(text);
        writer.WriteString("id", text);
        writer.WriteStartArray("ids");
        writer.WriteNumberValue(bos);
        writer.WriteEndArray();
        writer.WriteStartArray("tokens");
        writer.WriteStringValue(text);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTemplate(Utf8JsonWriter writer, string name, string bos, string[] sequences)
    {
        writer.WriteStartArray(name);
        for (int i = 0; i < sequences.Length; i++)
        {
            WriteTemplateItem(writer, "SpecialToken", bos, i);
            WriteTemplateItem(writer, "Sequence", sequences[i], i);
        }

        writer.WriteEndArray();
    }

    private static void WriteTemplateItem(Utf8JsonWriter writer, string kind, string id, int sequence)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(kind);
        writer.WriteString("id", id);
        writer.WriteNumber("type_id", sequence);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter writer, TokenizerDefinition definition, PreSplitter splitter)
    {
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        writer.WriteNull("dropout");
        writer.WriteNull("unk_token");
        writer.WriteNull("continuing_subword_prefix");
        writer.WriteNull("end_of_word_suffix");
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteBoolean("ignore_merges", definition.IgnoreMerges ?? splitter.IgnoresMerges);
        writer.WriteStartObject("vocab");
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (!IsAdded(definition, id) && definition.KindOf(id) != TokenKind.Unused)
            {
                writer.WriteNumber(definition.Tokens[id], id);
            }
        }

        writer.WriteEndObject();
        WriteMerges(writer, definition.Merges);
        writer.WriteEndObject();
    }

    internal static void WriteMerges(Utf8JsonWriter writer, IEnumerable<string> merges)
    {
        writer.WriteStartArray("merges");
        foreach (string merge in merges)
        {
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            writer.WriteStartArray();
            writer.WriteStringValue(merge.AsSpan(0, space));
            writer.WriteStringValue(merge.AsSpan(space + 1));
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
