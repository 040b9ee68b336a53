namespace Agents.Models.Serving;

/// <summary>The prefix of several sequences of one request. Its keys and values stay in the prefix cache until the last of them has ended.</summary>
/// <param name="length">Number of tokens.</param>
/// <param name="users">Number of sequences that have not ended.</param>
internal sealed class SharedPrefix(int length, int users)
{
    public int Length { get; } = length;

    public int Users { get; set; } = users;

    /// <summary>Gets or sets the entry that keeps it; null before the prefix was computed, or when it had to give way.</summary>
    public CachedPrefix? Entry { get; set; }
}
