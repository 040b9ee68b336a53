using System.Text;
using Agents.Models;

namespace Agents.Testing;

/// <summary>One token per UTF-16 unit: lengths that a test can count by hand.</summary>
public sealed class CharacterTokenizer : ITokenizer
{
    /// <summary>Gets the tokenizer.</summary>
    public static CharacterTokenizer Instance { get; } = new();

    /// <inheritdoc/>
    public int VocabularySize => char.MaxValue + 1;

    /// <inheritdoc/>
    public string Fingerprint => "characters";

    /// <inheritdoc/>
    public int? BosId => null;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndIds => [];

    /// <inheritdoc/>
    public bool AddBos => false;

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, List<int> destination, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(destination);
        foreach (char unit in text)
        {
            destination.Add(unit);
        }

        return text.Length;
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecial = false) => [.. text.Select(unit => (int)unit)];

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            text.Append((char)id);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id) => Encoding.UTF8.GetBytes(TokenText(id));

    /// <inheritdoc/>
    public string TokenText(int id) => ((char)id).ToString();

    /// <inheritdoc/>
    public bool IsSpecial(int id) => false;

    /// <inheritdoc/>
    public bool TryGetSpecialId(string text, out int id)
    {
        id = 0;
        return false;
    }
}
