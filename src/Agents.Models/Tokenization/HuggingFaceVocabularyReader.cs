using System.Text.Json;

namespace Agents.Models.Tokenization;

/// <summary>Reads <c>tokenizer.json</c>.</summary>
internal static class HuggingFaceVocabularyReader
{
    public static TokenizerDefinition Read(JsonElement root)
    {
        JsonElement model = root.GetProperty("model");
        string kind = model.TryGetProperty("type", out JsonElement type) ? type.GetString()! : "BPE";
        if (kind == "Unigram")
        {
            return HuggingFaceSpacedReader.ReadUnigram(root, model);
        }

        if (kind != "BPE")
        {
            throw new TokenizerException($"Tokenizer type '{kind}' is not supported; this build reads 'BPE' and 'Unigram'.");
        }

        if (HuggingFaceSpacedReader.IsSpaced(root, model))
        {
            return HuggingFaceSpacedReader.ReadBytePairs(root, model);
        }

        PreSplitter splitter = FindSplitter(root);
        (string[] tokens, TokenKind[] kinds) = ReadTokens(root, model.GetProperty("vocab").EnumerateObject().Select(entry => (entry.Value.GetInt32(), entry.Name)));
        bool statesIgnoring = model.TryGetProperty("ignore_merges", out JsonElement ignore) && ignore.ValueKind == JsonValueKind.True;
        return new TokenizerDefinition
        {
            Model = "gpt2",
            Pre = splitter.Name,
            Tokens = tokens,
            Kinds = kinds,
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(ReadMerge)],
            IgnoreMerges = statesIgnoring == splitter.IgnoresMerges ? null : statesIgnoring,
            Normalization = ReadNormalization(root),
        };
    }

    /// <summary>A merge is "left right" in older files and ["left", "right"] in newer ones.</summary>
    internal static string ReadMerge(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.String)
        {
            return merge.GetString()!;
        }

        return merge.GetArrayLength() == 2
            ? $"{merge[0].GetString()} {merge[1].GetString()}"
            : throw new TokenizerException($"The merge {merge.GetRawText()} has {merge.GetArrayLength()} parts, expected 2.");
    }

    internal static (string[] Tokens, TokenKind[] Kinds) ReadTokens(JsonElement root, IEnumerable<(int Id, string Text)> vocabulary)
    {
        List<(int Id, string Text, TokenKind Kind)> entries = [];
        foreach ((int id, string text) in vocabulary)
        {
            entries.Add((id, text, TokenKind.Normal));
        }

        int ordinary = entries.Count;
        if (root.TryGetProperty("added_tokens", out JsonElement added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement token in added.EnumerateArray())
            {
                bool special = token.TryGetProperty("special", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
                entries.Add((token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString()!, special ? TokenKind.Control : TokenKind.UserDefined));
            }
        }

        long count = entries.Count == 0 ? 0 : entries.Max(entry => entry.Id) + 1L;
        if (ordinary == 0 || entries.Any(entry => entry.Id < 0) || count > (2L * entries.Count) + 1024)
        {
            throw new TokenizerException($"The vocabulary has {ordinary} entries and {entries.Count - ordinary} added ones with ids up to {count - 1}; expected ids from 0 with few gaps.");
        }

        string[] tokens = new string[count];
        TokenKind[] kinds = new TokenKind[count];
        foreach ((int id, string text, TokenKind entryKind) in entries)
        {
            // An added token may also stand in the vocabulary; the later entry, which knows its kind, wins.
            if (tokens[id] is not null && tokens[id] != text)
            {
                throw new TokenizerException($"Token id {id} is both '{tokens[id]}' and '{text}'.");
            }

            (tokens[id], kinds[id]) = (text, entryKind);
        }

        for (int id = 0; id < count; id++)
        {
            if (tokens[id] is null)
            {
                (tokens[id], kinds[id]) = ($"[PAD{id}]", TokenKind.Unused);
            }
        }

        return (tokens, kinds);
    }

    private static string? ReadNormalization(JsonElement root)
    {
        if (!root.TryGetProperty("normalizer", out JsonElement normalizer) || normalizer.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string kind = normalizer.GetProperty("type").GetString()!;
        return kind == "NFC" ? kind : throw new TokenizerException($"Normalizer '{kind}' is not supported; this build knows NFC or none.");
    }

    private static PreSplitter FindSplitter(JsonElement root)
    {
        JsonElement splitter = root.GetProperty("pre_tokenizer");
        if (splitter.ValueKind != JsonValueKind.Object)
        {
            throw new TokenizerException("The file has no pre_tokenizer; byte-level BPE needs one.");
        }

        JsonElement[] steps = splitter.GetProperty("type").GetString() == "Sequence"
            ? [.. splitter.GetProperty("pretokenizers").EnumerateArray()]
            : [splitter];
        string[] types = [.. steps.Select(step => step.GetProperty("type").GetString()!)];
        JsonElement last = steps[^1];
        bool prefix = last.TryGetProperty("add_prefix_space", out JsonElement space) && space.ValueKind == JsonValueKind.True;
        bool ownPattern = !last.TryGetProperty("use_regex", out JsonElement use) || use.ValueKind == JsonValueKind.True;
        if (!prefix && types is ["ByteLevel"] && ownPattern)
        {
            return PreSplitter.Gpt2;
        }

        if (!prefix && types is ["Digits", "ByteLevel"] && ownPattern && steps[0].TryGetProperty("individual_digits", out JsonElement alone) && alone.ValueKind == JsonValueKind.True)
        {
            return PreSplitter.SingleDigits;
        }

        if (!prefix && types is ["Split", "ByteLevel"] && !ownPattern)
        {
            string pattern = steps[0].GetProperty("pattern").GetProperty("Regex").GetString()!;
            PreSplitter[] known = [PreSplitter.Gpt2, PreSplitter.Llama3, PreSplitter.Qwen2, PreSplitter.SingleDigits];
            return known.FirstOrDefault(candidate => candidate.Pattern == pattern)
                ?? throw new TokenizerException($"The pre-tokenizer pattern '{pattern}' is unknown; this build knows those of GPT-2, Llama 3, Qwen2 and SmolLM.");
        }

        throw new TokenizerException(
            $"The pre-tokenizer {string.Join(" + ", types)} is not supported; expected ByteLevel, or Split and ByteLevel, without a prefix space.");
    }
}
