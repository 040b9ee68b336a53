namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>The pairs that a generator wrote for all items with one seed.</summary>
/// <param name="Pairs">By id of the item; items without a valid pair are missing.</param>
/// <param name="Replies">How many replies were written for them.</param>
internal sealed record PairBook(IReadOnlyDictionary<string, WrittenPair> Pairs, int Replies)
{
    /// <summary>Every question with the answer of another one: each answer goes one place on. Nothing where there is only one pair.</summary>
    public PairBook Shuffled()
    {
        string[] ids = [.. Pairs.Keys.Order(StringComparer.Ordinal)];
        return this with
        {
            Pairs = ids.Length < 2 ? new Dictionary<string, WrittenPair>() : ids.Select((id, i) => (id, pair: Pairs[id] with { Answer = Pairs[ids[(i + 1) % ids.Length]].Answer })).ToDictionary(entry => entry.id, entry => entry.pair),
        };
    }
}
