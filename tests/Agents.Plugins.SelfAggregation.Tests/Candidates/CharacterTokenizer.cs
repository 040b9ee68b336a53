using System.Text;
using Agents.Models;

namespace Agents.Plugins.SelfAggregation.Tests.Candidates;

/// <summary>One token per UTF-16 unit: lengths that a test can count by hand.</summary>
internal sealed class CharacterTokenizer : ITokenizer
{
    public static CharacterTokenizer Instance { get; } = new();

    public int VocabularySize => char.MaxValue + 1;

    public string Fingerprint => "characters";

    public int? BosId => null;

    public IReadOnlyList<int> EndIds => [];

    public bool AddBos => false;

    public int Encode(ReadOnlySpan<char> text, List<int> destination, bool parseSpecial = false)
    {
        foreach (char unit in text)
        {
            destination.Add(unit);
        }

        return text.Length;
    }

    public int[] Encode(string text, bool parseSpecial = false) => [.. text.Select(unit => (int)unit)];

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            text.Append((char)id);
        }

        return text.ToString();
    }

    public ReadOnlySpan<byte> TokenBytes(int id) => Encoding.UTF8.GetBytes(TokenText(id));

    public string TokenText(int id) => ((char)id).ToString();

    public bool IsSpecial(int id) => false;

    public bool TryGetSpecialId(string text, out int id)
    {
        id = 0;
        return false;
    }
}
