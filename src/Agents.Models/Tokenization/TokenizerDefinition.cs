using System.Security.Cryptography;
using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// Everything a model file says about its tokenizer, as plain data, independent of the file format.
/// Lists are taken as they are and must not change afterwards.
/// </summary>
public sealed record TokenizerDefinition
{
    /// <summary>The kind of tokenizer: "gpt2" is byte-level BPE, "llama" SentencePiece BPE, "t5" unigram.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the pre-splitter; see <see cref="PreSplitter.ForName"/>. Null means GPT-2.</summary>
    public string? Pre { get; init; }

    /// <summary>Token texts by id: ordinary ones in the <see cref="ByteAlphabet"/>, added ones as plain text. [vocabulary]</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Token kinds by id, or empty when all are normal. [vocabulary]</summary>
    public IReadOnlyList<TokenKind> Kinds { get; init; } = [];

    /// <summary>Merges in rank order, each "left right"; empty where scores decide. [merges]</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary>Scores by id of the SentencePiece kinds, higher is better; empty where merges decide. [vocabulary]</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>Whether the SentencePiece kinds put a space in front of text; null means that they do.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>Whether the SentencePiece kinds cut text before every space first. GGUF cannot state it. Default false.</summary>
    public bool SplitsAtSpaces { get; init; }

    /// <summary>Stands for text that the vocabulary cannot express.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Beginning of sequence.</summary>
    public int? BosId { get; init; }

    /// <summary>End of sequence.</summary>
    public int? EosId { get; init; }

    /// <summary>End of turn.</summary>
    public int? EotId { get; init; }

    /// <summary>Padding.</summary>
    public int? PaddingId { get; init; }

    /// <summary>
    /// Whether a piece that is a whole token is taken without merging; null means that the pre-splitter's family decides. Differs from the family
    /// in some early files; GGUF cannot state it.
    /// </summary>
    public bool? IgnoreMerges { get; init; }

    /// <summary>Whether sequences start with <see cref="BosId"/>; null means that the pre-splitter's family decides.</summary>
    public bool? AddBos { get; init; }

    /// <summary>Whether sequences of training data end with <see cref="EosId"/>; null when not stated.</summary>
    public bool? AddEos { get; init; }

    /// <summary>The chat template in Jinja; null when the model has none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>
    /// Unicode normalization that the file asks for ("NFC"); null for none. Decoding then returns the normalized text. GGUF cannot state it, and
    /// readers of GGUF do without, so it is no part of the fingerprint.
    /// </summary>
    public string? Normalization { get; init; }

    /// <summary>Kind of one token.</summary>
    /// <param name="id">Token id.</param>
    public TokenKind KindOf(int id) => Kinds.Count == 0 ? TokenKind.Normal : Kinds[id];

    /// <summary>Whether a token steers the model and is recognised in text only on request.</summary>
    /// <param name="id">Token id.</param>
    public bool IsControl(int id) => KindOf(id) switch
    {
        TokenKind.Control or TokenKind.Unknown => true,
        TokenKind.UserDefined => (Tokens[id].StartsWith("<|", StringComparison.Ordinal) && Tokens[id].EndsWith("|>", StringComparison.Ordinal))
            || Tokens[id] is "<s>" or "</s>" or "<bos>" or "<eos>" or "<start_of_turn>" or "<end_of_turn>",
        _ => false,
    };

    /// <summary>Checks that lists fit together and that ids are inside the vocabulary.</summary>
    /// <exception cref="TokenizerException">All that is wrong, in one message.</exception>
    public void Validate()
    {
        List<string> failures = [];
        if (Tokens.Count == 0)
        {
            failures.Add("the vocabulary is empty");
        }

        if (Kinds.Count != 0 && Kinds.Count != Tokens.Count)
        {
            failures.Add($"there are {Tokens.Count} tokens but {Kinds.Count} token types");
        }

        if (Scores.Count != 0 && Scores.Count != Tokens.Count)
        {
            failures.Add($"there are {Tokens.Count} tokens but {Scores.Count} scores");
        }

        if (Scores.Any(float.IsNaN))
        {
            failures.Add("a score is not a number");
        }

        CheckId(failures, nameof(UnknownId), UnknownId);
        CheckId(failures, nameof(BosId), BosId);
        CheckId(failures, nameof(EosId), EosId);
        CheckId(failures, nameof(EotId), EotId);
        CheckId(failures, nameof(PaddingId), PaddingId);
        if (failures.Count > 0)
        {
            throw new TokenizerException($"Tokenizer definition is damaged: {string.Join("; ", failures)}.");
        }
    }

    /// <summary>
    /// SHA-256 of everything that decides ids. Unused entries at the end do not count: exporters add and drop them as padding.
    /// </summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string ComputeFingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count = Tokens.Count;
        while (count > 0 && KindOf(count - 1) == TokenKind.Unused)
        {
            count--;
        }

        if (Model == BytePairTokenizer.ModelName)
        {
            PreSplitter splitter = PreSplitter.ForName(Pre);
            Append(hash, $"{Model} {splitter.Name} {IgnoreMerges ?? splitter.IgnoresMerges} {count} {Merges.Count}");
        }
        else
        {
            Append(hash, $"{Model} {AddSpacePrefix ?? true} {SplitsAtSpaces} {count} {Merges.Count}");

            // Merges decide before scores.
            for (int id = 0; id < count && Merges.Count == 0 && Scores.Count > 0; id++)
            {
                hash.AppendData(BitConverter.GetBytes(Scores[id]));
            }
        }

        for (int id = 0; id < count; id++)
        {
            Append(hash, Tokens[id]);
            TokenKind kind = KindOf(id);
            hash.AppendData([(byte)(IsControl(id) ? TokenKind.Control : kind == TokenKind.Undefined ? TokenKind.Normal : kind)]);
        }

        foreach (string merge in Merges)
        {
            Append(hash, merge);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    private void CheckId(List<string> failures, string name, int? id)
    {
        if (id is int value && (uint)value >= (uint)Tokens.Count)
        {
            failures.Add($"{name} is {value}, outside the vocabulary of {Tokens.Count}");
        }
    }
}
