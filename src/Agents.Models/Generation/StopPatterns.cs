using System.Text;

namespace Agents.Models.Generation;

/// <summary>Stop texts as UTF-8 patterns that are matched byte by byte while tokens arrive (Knuth–Morris–Pratt), so nothing is decoded or allocated. Immutable.</summary>
internal sealed class StopPatterns
{
    private readonly byte[][] _patterns;
    private readonly int[][] _fallbacks;

    public StopPatterns(IReadOnlyList<string> texts)
    {
        _patterns = [.. texts.Select(Encoding.UTF8.GetBytes)];
        _fallbacks = [.. _patterns.Select(Fallbacks)];
    }

    public int Count => _patterns.Length;

    /// <summary>Takes the bytes of the next token.</summary>
    /// <param name="states">One matched length per pattern, kept by the sample.</param>
    /// <param name="bytes">Bytes of the token.</param>
    /// <returns>Whether a pattern was completed.</returns>
    public bool Advance(Span<int> states, ReadOnlySpan<byte> bytes)
    {
        for (int pattern = 0; pattern < _patterns.Length; pattern++)
        {
            byte[] wanted = _patterns[pattern];
            int matched = states[pattern];
            foreach (byte next in bytes)
            {
                while (matched > 0 && wanted[matched] != next)
                {
                    matched = _fallbacks[pattern][matched - 1];
                }

                matched += wanted[matched] == next ? 1 : 0;
                if (matched == wanted.Length)
                {
                    return true;
                }
            }

            states[pattern] = matched;
        }

        return false;
    }

    /// <summary>For each prefix, the length of its longest proper prefix that is also its end.</summary>
    private static int[] Fallbacks(byte[] pattern)
    {
        var fallbacks = new int[pattern.Length];
        int length = 0;
        for (int i = 1; i < pattern.Length; i++)
        {
            while (length > 0 && pattern[i] != pattern[length])
            {
                length = fallbacks[length - 1];
            }

            length += pattern[i] == pattern[length] ? 1 : 0;
            fallbacks[i] = length;
        }

        return fallbacks;
    }
}
