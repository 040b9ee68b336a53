using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

/// <summary>Small SentencePiece vocabularies.</summary>
internal static class SampleSentencePieces
{
    /// <summary>Unknown, begin, end, 256 bytes, one user-defined token, then ordinary tokens with scores.</summary>
    public static TokenizerDefinition Define(string model, params (string Text, float Score)[] ordinary) => new()
    {
        Model = model,
        Tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), "<think>", .. ordinary.Select(token => token.Text)],
        Kinds =
        [
            TokenKind.Unknown, TokenKind.Control, TokenKind.Control, .. Enumerable.Repeat(TokenKind.Byte, 256), TokenKind.UserDefined,
            .. ordinary.Select(_ => TokenKind.Normal),
        ],
        Scores = [.. Enumerable.Repeat(0f, 260), .. ordinary.Select(token => token.Score)],
        Merges = [],
        BosId = 1,
        EosId = 2,
        UnknownId = 0,
    };

    /// <summary>A vocabulary over a, b, c, &lt;, /, s, &gt; and the space, with random tokens of up to four of them.</summary>
    public static TokenizerDefinition Random(string model, ulong seed)
    {
        SampleStream stream = new(seed);
        HashSet<string> texts = ["a", "b", "c", "▁", "<", "/", "s", ">"];
        while (texts.Count < 48)
        {
            string text = string.Concat(Enumerable.Range(0, 2 + stream.NextInt(3)).Select(_ => "abc▁</s>"[stream.NextInt(8)]));
            texts.Add(text);
        }

        // Few different scores, so that ties are common.
        return Define(model, [.. texts.Select(text => (text, -(float)stream.NextInt(12)))]);
    }

    /// <summary>A text of those characters and some from outside.</summary>
    public static string Text(SampleStream stream) =>
        string.Concat(Enumerable.Range(0, stream.NextInt(24)).Select(_ => (string[])["a", "b", "c", " ", "a", "b", "</s>", "é", "😀", "<think>", "\n", "<0x41>"]).Select(parts => parts[stream.NextInt(12)]));
}
