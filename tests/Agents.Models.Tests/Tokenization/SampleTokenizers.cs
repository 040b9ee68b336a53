using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

/// <summary>Small vocabularies made in memory.</summary>
internal static class SampleTokenizers
{
    private const string Corpus =
        "low low low low low lower lower newest newest newest newest newest newest widest widest widest for (int i = 0; i < n; i++) { sum += i; }";

    /// <summary>256 bytes (id = byte) and control tokens after them.</summary>
    public static BytePairTokenizer BytesOnly(params string[] control) => new(Define(Bytes, [], control, TokenKind.Control));

    /// <summary>256 bytes and tokens of arbitrary bytes after them; no merges. Texts may repeat.</summary>
    public static BytePairTokenizer WithTokens(IEnumerable<byte[]> tokens) =>
        new(Define([.. Bytes, .. tokens.Select(token => ByteAlphabet.Write(token))], [], [], TokenKind.Normal));

    /// <summary>A trained vocabulary with 24 merges and the given control tokens.</summary>
    public static TokenizerDefinition Trained(PreSplitter splitter, params string[] control) => BytePairTrainer.Train(
        [Corpus], new BytePairTrainerOptions { VocabularySize = 280 + control.Length, Splitter = splitter, SpecialTokens = control });

    /// <summary>256 bytes, added tokens of one kind.</summary>
    public static TokenizerDefinition WithAdded(TokenKind kind, params string[] added) => Define(Bytes, [], added, kind);

    private static string[] Bytes => [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToCharacter((byte)value).ToString())];

    private static TokenizerDefinition Define(string[] tokens, string[] merges, string[] added, TokenKind kind) => new()
    {
        Model = "gpt2",
        Pre = "qwen2",
        Tokens = [.. tokens, .. added],
        Kinds = [.. tokens.Select(_ => TokenKind.Normal), .. added.Select(_ => kind)],
        Merges = merges,
    };
}
