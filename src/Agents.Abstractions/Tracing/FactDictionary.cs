using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Agents.Tracing;

/// <summary>
/// A few named facts, immutable, in the order in which they were given: the notes of a node, the details of an answer. A handful of entries is found sooner by looking at each,
/// and takes a fraction of the memory of a hash table. Names are compared ordinally.
/// </summary>
/// <typeparam name="TValue">Type of the values.</typeparam>
/// <param name="entries">The facts, each name once; not copied, so nothing may change them afterwards.</param>
public sealed class FactDictionary<TValue>(ReadOnlyMemory<KeyValuePair<string, TValue>> entries) : IReadOnlyDictionary<string, TValue>
{
    /// <summary>Gets the table without facts.</summary>
    public static FactDictionary<TValue> Empty { get; } = new(default);

    /// <summary>Gets the facts in order.</summary>
    public ReadOnlySpan<KeyValuePair<string, TValue>> Entries => entries.Span;

    /// <inheritdoc/>
    public int Count => entries.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys
    {
        get
        {
            for (int i = 0; i < entries.Length; i++)
            {
                yield return entries.Span[i].Key;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<TValue> Values
    {
        get
        {
            for (int i = 0; i < entries.Length; i++)
            {
                yield return entries.Span[i].Value;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="KeyNotFoundException">There is no such fact; the message names those that are.</exception>
    public TValue this[string key] => TryGetValue(key, out TValue? value)
        ? value
        : throw new KeyNotFoundException($"There is no fact '{key}'; there are: {(Count == 0 ? "none" : string.Join(", ", Keys))}.");

    /// <summary>Returns the place of a name among facts; -1 when it is not there.</summary>
    /// <param name="entries">The facts.</param>
    /// <param name="key">The name.</param>
    public static int IndexOf(ReadOnlySpan<KeyValuePair<string, TValue>> entries, string key)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => IndexOf(entries.Span, key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        int at = IndexOf(entries.Span, key);
        value = at < 0 ? default : entries.Span[at].Value;
        return at >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator()
    {
        for (int i = 0; i < entries.Length; i++)
        {
            yield return entries.Span[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
