using System.Collections;

namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>The pairs of one input, readable as text in reports.</summary>
/// <param name="pairs">The pairs.</param>
public sealed class SyntheticPairs(IReadOnlyList<SyntheticPair> pairs) : IReadOnlyList<SyntheticPair>
{
    /// <inheritdoc/>
    public int Count => pairs.Count;

    /// <inheritdoc/>
    public SyntheticPair this[int index] => pairs[index];

    /// <inheritdoc/>
    public IEnumerator<SyntheticPair> GetEnumerator() => pairs.GetEnumerator();

    /// <summary>Returns one line per pair.</summary>
    public override string ToString() => string.Join('\n', pairs.Select(pair => $"{OneLine(pair.Question)} => {OneLine(pair.Answer)}"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string OneLine(string text) => text.Trim().ReplaceLineEndings(" | ");
}
