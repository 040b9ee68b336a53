using System.Text.Json;

namespace Agents.Models.Tokenization;

/// <summary>
/// Reads the SentencePiece kinds of <c>tokenizer.json</c>: BPE with byte fallback, and unigram. Spaces are marked by a normalizer (Prepend, Replace) or
/// by the pre-tokenizer Metaspace; every other step is refused by name.
/// </summary>
internal static class HuggingFaceSpacedReader
{
    private const string Space = "\u2581";

    /// <summary>Whether a BPE file marks spaces this way instead of mapping bytes.</summary>
    public static bool IsSpaced(JsonElement root, JsonElement model) =>
        Flag(model, "byte_fallback") || Steps(root, "pre_tokenizer", "pretokenizers").Any(step => Type(step) == "Metaspace");

    public static TokenizerDefinition ReadBytePairs(JsonElement root, JsonElement model)
    {
        (string[] tokens, TokenKind[] kinds) = HuggingFaceVocabularyReader.ReadTokens(
            root, model.GetProperty("vocab").EnumerateObject().Select(entry => (entry.Value.GetInt32(), entry.Name)));
        string? unknown = model.TryGetProperty("unk_token", out JsonElement token) && token.ValueKind == JsonValueKind.String ? token.GetString() : null;
        int unknownId = unknown is null ? -1 : Array.IndexOf(tokens, unknown);
        Spacing spacing = ReadSpacing(root);
        return new TokenizerDefinition
        {
            Model = SentencePieceTokenizer.ModelName,
            Tokens = tokens,
            Kinds = WithRoles(tokens, kinds, unknownId, Flag(model, "byte_fallback")),
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(HuggingFaceVocabularyReader.ReadMerge)],
            UnknownId = unknownId < 0 ? null : unknownId,
            AddSpacePrefix = spacing.Prefix,
            SplitsAtSpaces = spacing.Splits,
            Normalization = spacing.Normalization,
        };
    }

    public static TokenizerDefinition ReadUnigram(JsonElement root, JsonElement model)
    {
        JsonElement[] vocabulary = [.. model.GetProperty("vocab").EnumerateArray()];
        if (Array.FindIndex(vocabulary, entry => entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String) is int wrong and >= 0)
        {
            throw new TokenizerException($"Entry {wrong} of the unigram vocabulary is {vocabulary[wrong].GetRawText()}; expected [token, log-probability].");
        }

        (string[] tokens, TokenKind[] kinds) = HuggingFaceVocabularyReader.ReadTokens(root, vocabulary.Select((entry, id) => (id, entry[0].GetString()!)));
        float[] scores = new float[tokens.Length];
        for (int id = 0; id < vocabulary.Length; id++)
        {
            scores[id] = (float)vocabulary[id][1].GetDouble();
        }

        int unknownId = model.TryGetProperty("unk_id", out JsonElement unknown) && unknown.ValueKind == JsonValueKind.Number ? unknown.GetInt32() : -1;
        Spacing spacing = ReadSpacing(root);
        return new TokenizerDefinition
        {
            Model = UnigramTokenizer.ModelName,
            Tokens = tokens,
            Kinds = WithRoles(tokens, kinds, unknownId, Flag(model, "byte_fallback")),
            Merges = [],
            Scores = scores,
            UnknownId = unknownId < 0 ? null : unknownId,
            AddSpacePrefix = spacing.Prefix,
            SplitsAtSpaces = spacing.Splits,
            Normalization = spacing.Normalization,
        };
    }

    private static TokenKind[] WithRoles(string[] tokens, TokenKind[] kinds, int unknownId, bool hasBytes)
    {
        for (int id = 0; id < tokens.Length; id++)
        {
            if (hasBytes && SentencePieceVocabulary.TryParseByte(tokens[id], out _))
            {
                kinds[id] = TokenKind.Byte;
            }
        }

        if ((uint)unknownId < (uint)kinds.Length)
        {
            kinds[unknownId] = TokenKind.Unknown;
        }

        return kinds;
    }

    private static Spacing ReadSpacing(JsonElement root)
    {
        Spacing spacing = new(Prefix: false, Splits: false, Normalization: null);
        bool marks = false;
        foreach (JsonElement step in Steps(root, "normalizer", "normalizers"))
        {
            switch (Type(step))
            {
                case "NFC":
                    spacing = spacing with { Normalization = "NFC" };
                    break;
                case "Prepend" when step.GetProperty("prepend").GetString() == Space:
                    spacing = spacing with { Prefix = true };
                    break;
                case "Replace" when Pattern(step) == " " && step.GetProperty("content").GetString() == Space:
                    marks = true;
                    break;
                default:
                    throw new TokenizerException($"The normalizer step {step.GetRawText()} is not supported; this build knows NFC, and Prepend and Replace of spaces by U+2581.");
            }
        }

        foreach (JsonElement step in Steps(root, "pre_tokenizer", "pretokenizers"))
        {
            bool afterwards = marks && Type(step) == "Split" && Pattern(step) == " ";
            if (Type(step) == "Metaspace" && (!step.TryGetProperty("replacement", out JsonElement replacement) || replacement.GetString() == Space))
            {
                marks = true;
                string? scheme = step.TryGetProperty("prepend_scheme", out JsonElement stated) ? stated.GetString() : null;
                bool prefix = scheme is null ? !step.TryGetProperty("add_prefix_space", out _) || Flag(step, "add_prefix_space") : scheme != "never";
                bool splits = !step.TryGetProperty("split", out _) || Flag(step, "split");
                spacing = spacing with { Prefix = spacing.Prefix || prefix, Splits = splits };
            }
            else if (!afterwards)
            {
                throw new TokenizerException($"The pre-tokenizer step {step.GetRawText()} is not supported here; this build knows Metaspace with U+2581.");
            }
        }

        return marks ? spacing : throw new TokenizerException("Neither the normalizer nor the pre-tokenizer marks spaces with U+2581; a tokenizer with byte fallback needs that.");
    }

    private static string? Pattern(JsonElement step) =>
        step.TryGetProperty("pattern", out JsonElement pattern) && pattern.TryGetProperty("String", out JsonElement text) ? text.GetString() : null;

    private static JsonElement[] Steps(JsonElement root, string name, string list) =>
        !root.TryGetProperty(name, out JsonElement step) || step.ValueKind != JsonValueKind.Object ? []
            : Type(step) == "Sequence" ? [.. step.GetProperty(list).EnumerateArray()]
            : [step];

    private static string? Type(JsonElement step) => step.GetProperty("type").GetString();

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private sealed record Spacing(bool Prefix, bool Splits, string? Normalization);
}
