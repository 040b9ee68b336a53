using System.Text;

namespace Agents.Models.Tests.Oracles;

/// <summary>Lines that try the corners of a tokenizer: scripts, emoji, code, numbers, white space, control characters, replacement characters.</summary>
internal static class MixedText
{
    private static readonly string[] Pieces =
    [
        "the cat", " sat on", " the mat", "\n", "\n\n", "  ", "\t", " \n ", "\r\n", "12345", " 3.14", "007", "I'll", " don't", "'RE", " we've", "foo(bar)",
        " x_1 = y;", "if (a != b) { return; }", "// comment", "</think>", "<|im_end|>", "<|", "|>", "你好", "世界，", "日本語の文", "한국어", "Привет", "مرحبا", "שלום",
        "नमस्ते", "ไทย", "é", "e\u0301", "ß", "İ", "ﬁ", "½", "²", "Ⅷ", "٣", "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "👍🏽", "\U0001D54F", "\U00020000", "\U0001F1E9", "\u00A0", "\u2003", "\u3000",
        "\u200B", "\uFEFF", "\u0000", "\u0001", "\u007F", "\u0085", "\u2028", "\uFFFD", "\uFFFD\uFFFD", "\u00C3\u00A9", "\u00FF\u00FE", "!!!", "...", "—", "$%^&*", "C:\\temp\\new", "a\u0308", "http://x.y/z?q=1&r=2#s",
    ];

    public static string[] Lines(int count)
    {
        SampleStream stream = new(2026);
        var lines = new string[count];
        for (int line = 0; line < count; line++)
        {
            StringBuilder text = new();
            int pieces = 1 + stream.NextInt(12);
            for (int i = 0; i < pieces; i++)
            {
                text.Append(Pieces[stream.NextInt(Pieces.Length)]);
            }

            lines[line] = text.ToString();
        }

        return lines;
    }
}
