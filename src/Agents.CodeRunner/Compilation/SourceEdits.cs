using System.Text;

namespace Agents.CodeRunner.Compilation;

/// <summary>Changes to a text, given in source order. None of them adds or removes a line, so that line numbers stay those of the program.</summary>
internal sealed class SourceEdits
{
    private readonly List<(int Start, int Length, string Text)> _edits = [];

    /// <summary>Inserts text; at one position in the order of the calls.</summary>
    public void Insert(int position, string text) => _edits.Add((position, 0, text));

    /// <summary>Replaces text that has no line break.</summary>
    public void Replace(int start, int length, string text) => _edits.Add((start, length, text));

    /// <summary>Blanks text, keeping its line breaks.</summary>
    public void Blank(int start, string text) => _edits.Add((start, text.Length, string.Concat(text.Select(character => character is '\n' or '\r' ? character : ' '))));

    /// <summary>Returns the changed text.</summary>
    public string Apply(string text)
    {
        var result = new StringBuilder(text.Length * 2);
        int at = 0;
        foreach ((int start, int length, string insert) in _edits.OrderBy(edit => edit.Start))
        {
            result.Append(text, at, start - at).Append(insert);
            at = start + length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
