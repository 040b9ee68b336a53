using Agents.Models.Cache;

namespace Agents.Models.Serving;

/// <summary>Tokens whose keys and values are kept after their sequence has ended.</summary>
/// <param name="tokens">The tokens, as many as the cache has positions.</param>
/// <param name="mixtureKey">Adapters they were computed with.</param>
/// <param name="cache">Keys and values.</param>
internal sealed class CachedPrefix(int[] tokens, string mixtureKey, KvSequence cache)
{
    public int[] Tokens { get; } = tokens;

    public string MixtureKey { get; } = mixtureKey;

    public KvSequence Cache { get; } = cache;

    /// <summary>Gets or sets the number of running requests that count on the entry.</summary>
    public int Pins { get; set; }

    /// <summary>Gets or sets the time of the last use, as a count of uses.</summary>
    public long LastUse { get; set; }
}
