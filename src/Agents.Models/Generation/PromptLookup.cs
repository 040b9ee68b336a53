namespace Agents.Models.Generation;

/// <summary>Guesses the next tokens as those that followed the latest tokens when they occurred before (prompt lookup decoding, papers/00-cpu-kernels §7).</summary>
internal static class PromptLookup
{
    /// <summary>Latest tokens that must have occurred before; longer runs are tried first, as they mislead less.</summary>
    private const int Longest = 4;

    private const int Shortest = 2;

    /// <summary>Finds guesses.</summary>
    /// <param name="tokens">Prompt and completion so far.</param>
    /// <param name="guesses">Filled from the start.</param>
    /// <returns>Number of guesses; 0 when the latest tokens are new.</returns>
    public static int Find(ReadOnlySpan<int> tokens, Span<int> guesses)
    {
        for (int length = Math.Min(Longest, tokens.Length - 1); length >= Shortest; length--)
        {
            ReadOnlySpan<int> latest = tokens[^length..];
            int at = tokens[..^1].LastIndexOf(latest);
            if (at >= 0)
            {
                ReadOnlySpan<int> followers = tokens[(at + length)..];
                int count = Math.Min(followers.Length, guesses.Length);
                followers[..count].CopyTo(guesses);
                return count;
            }
        }

        return 0;
    }
}
