using System.Text;
using Agents.Models;

namespace Agents.Benchmarks.Strategies;

/// <summary>One token per ASCII character, with everything that is asked of a token made once.</summary>
internal sealed class InstantTokenizer : ITokenizer
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 128).Select(unit => ((char)unit).ToString())];
    private static readonly byte[][] Bytes = [.. Texts.Select(Encoding.ASCII.GetBytes)];

    /// <inheritdoc/>
    public int VocabularySize => Texts.Length;

    /// <inheritdoc/>
    public string Fingerprint => "ascii";

    /// <inheritdoc/>
    public int? BosId => null;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndIds => [];

    /// <inheritdoc/>
    public bool AddBos => false;

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, List<int> destination, bool parseSpecial = false)
    {
        destination.EnsureCapacity(destination.Count + text.Length);
        foreach (char unit in text)
        {
            destination.Add(unit);
        }

        return text.Length;
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecial = false)
    {
        List<int> ids = [];
        Encode(text, ids, parseSpecial);
        return [.. ids];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false) => string.Concat(ids.ToArray().Select(TokenText));

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id) => Bytes[id];

    /// <inheritdoc/>
    public string TokenText(int id) => Texts[id];

    /// <inheritdoc/>
    public bool IsSpecial(int id) => false;

    /// <inheritdoc/>
    public bool TryGetSpecialId(string text, out int id)
    {
        id = 0;
        return false;
    }
}
