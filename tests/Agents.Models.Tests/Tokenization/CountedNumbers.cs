namespace Agents.Models.Tests.Tokenization;

/// <summary>Reproducible numbers for property tests: the n-th number is a mix of seed and n, so a failure names its case.</summary>
internal struct CountedNumbers(ulong seed)
{
    private ulong _counter;

    /// <summary>Next number from 0 to <paramref name="bound"/> minus one.</summary>
    public int Below(int bound)
    {
        ulong mixed = (seed * 0x9E3779B97F4A7C15) + (++_counter * 0xD1B54A32D192ED03);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)bound);
    }

    /// <summary>Text of mixed scripts: ASCII, code, combining marks, CJK, emoji, odd spaces; always valid UTF-16.</summary>
    public string Text(int runes)
    {
        System.Text.StringBuilder text = new();
        for (int i = 0; i < runes; i++)
        {
            text.Append(Below(9) switch
            {
                0 => ((char)Below(0x80)).ToString(),
                1 => "    if (x[1] != 42) {\n\t\treturn;\r\n}"[Below(34)].ToString(),
                2 => char.ConvertFromUtf32(0x1F600 + Below(80)),
                3 => ((char)(0x4E00 + Below(0x5000))).ToString(),
                4 => ((char)(0x300 + Below(0x70))).ToString(),
                5 => "\u00A0\u2003\u3000\u0085\u200D\uFE0F"[Below(6)].ToString(),
                6 => char.ConvertFromUtf32(0x1D400 + Below(0x400)),
                7 => ((char)(0x80 + Below(0x700))).ToString(),
                _ => new[] { "low", "lower", "newest", "'ll", "12345", "  " }[Below(6)],
            });
        }

        return text.ToString();
    }
}
