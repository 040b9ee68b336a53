using Agents.Models.Cache;

namespace Agents.Models.Serving;

/// <summary>
/// Keys and values of ended sequences, found again by the longest common run of tokens from the start (exact to the token) under the same adapter mixture. The model
/// itself, and with it the generation, is the same for all entries. The least recently used entry goes first; entries that running requests count on go last.
/// Not safe for concurrent calls.
/// </summary>
/// <param name="enabled">Whether entries outlive the requests that made them.</param>
internal sealed class PrefixCache(bool enabled)
{
    /// <summary>Looking up compares with every entry, so their number is limited beside their memory.</summary>
    public const int MaximumEntries = 1024;

    private readonly List<CachedPrefix> _entries = [];
    private long _uses;

    public bool Enabled => enabled;

    public int Count => _entries.Count;

    /// <summary>Finds the entry that shares the longest prefix with a sequence.</summary>
    /// <param name="tokens">Tokens of the sequence.</param>
    /// <param name="mixtureKey">Its adapter mixture.</param>
    /// <param name="length">Number of shared tokens; 0 without an entry.</param>
    public CachedPrefix? Find(ReadOnlySpan<int> tokens, string mixtureKey, out int length)
    {
        length = 0;
        CachedPrefix? best = null;
        foreach (CachedPrefix entry in _entries)
        {
            int common = entry.MixtureKey == mixtureKey ? tokens.CommonPrefixLength(entry.Tokens) : 0;
            if (common > length)
            {
                length = common;
                best = entry;
            }
        }

        return best;
    }

    /// <summary>Marks an entry as used just now.</summary>
    public void Touch(CachedPrefix entry) => entry.LastUse = ++_uses;

    /// <summary>Keeps the keys and values of an ended sequence, unless another entry has all of them already. Takes over the cache.</summary>
    /// <param name="tokens">Tokens of the sequence, at least as many as the cache has positions.</param>
    /// <param name="mixtureKey">Its adapter mixture.</param>
    /// <param name="cache">Keys and values.</param>
    public void Insert(ReadOnlySpan<int> tokens, string mixtureKey, KvSequence cache)
    {
        CachedPrefix? entry = enabled && cache.Length > 0 ? Add(tokens[..cache.Length], mixtureKey, cache) : null;
        if (entry is null)
        {
            cache.Dispose();
        }
    }

    /// <summary>Keeps a copy of the start of a running sequence for its siblings; pages are shared, so it costs none.</summary>
    /// <param name="shared">What the siblings share.</param>
    /// <param name="sequence">A sequence that begins with it and has fed it.</param>
    public void Pin(SharedPrefix shared, BatchSequence sequence)
    {
        CachedPrefix? entry = Find(sequence.Tokens[..shared.Length], sequence.MixtureKey, out int length);
        if (length < shared.Length)
        {
            entry = Add(sequence.Tokens[..shared.Length], sequence.MixtureKey, sequence.Cache!.Fork(shared.Length));
        }

        entry!.Pins++;
        shared.Entry = entry;
    }

    /// <summary>Gives up the hold on a shared prefix.</summary>
    public void Unpin(SharedPrefix shared)
    {
        if (shared.Entry is { } entry)
        {
            shared.Entry = null;
            entry.Pins--;
            if (entry.Pins == 0 && !enabled && _entries.Remove(entry))
            {
                entry.Cache.Dispose();
            }
        }
    }

    /// <summary>Drops the least recently used entry.</summary>
    /// <param name="pinned">Whether entries that running requests count on may go, too; they are computed again then.</param>
    /// <param name="except">An entry to spare.</param>
    /// <returns>Whether there was one.</returns>
    public bool EvictOldest(bool pinned = false, CachedPrefix? except = null)
    {
        CachedPrefix? oldest = null;
        foreach (CachedPrefix entry in _entries)
        {
            if ((pinned || entry.Pins == 0) && entry != except && (oldest is null || entry.LastUse < oldest.LastUse))
            {
                oldest = entry;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        _entries.Remove(oldest);
        oldest.Cache.Dispose();
        return true;
    }

    /// <summary>Drops the entries that were computed with an adapter, except those that running requests count on.</summary>
    /// <param name="adapterHash">Hash of the adapter.</param>
    public void Forget(string adapterHash)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Pins == 0 && _entries[i].MixtureKey.Contains(adapterHash, StringComparison.Ordinal))
            {
                _entries[i].Cache.Dispose();
                _entries.RemoveAt(i);
            }
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (EvictOldest(pinned: true))
        {
        }
    }

    /// <summary>Adds an entry in place of those that are only its beginning. Returns null when an entry holds all of it already; the cache stays the caller's then.</summary>
    private CachedPrefix? Add(ReadOnlySpan<int> tokens, string mixtureKey, KvSequence cache)
    {
        if (Find(tokens, mixtureKey, out int length) is { } present && length == tokens.Length)
        {
            Touch(present);
            return null;
        }

        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            CachedPrefix entry = _entries[i];
            if (entry.Pins == 0 && entry.MixtureKey == mixtureKey && tokens.StartsWith(entry.Tokens))
            {
                _entries.RemoveAt(i);
                entry.Cache.Dispose();
            }
        }

        if (_entries.Count >= MaximumEntries)
        {
            EvictOldest();
        }

        CachedPrefix added = new(tokens.ToArray(), mixtureKey, cache);
        Touch(added);
        _entries.Add(added);
        return added;
    }
}
