using System.Text;

namespace Agents.Models.Templates.Jinja;

/// <summary>Joins marked text under the limits of a rendering.</summary>
/// <param name="context">The rendering.</param>
internal sealed class JinjaTextBuilder(JinjaContext context)
{
    private readonly StringBuilder _text = new();
    private readonly List<TextRun> _runs = [];

    public int Length => _text.Length;

    public JinjaTextBuilder Append(JinjaText text) => Append(text, 0, text.Length);

    public JinjaTextBuilder Append(JinjaText text, int start, int length)
    {
        if (length == 0)
        {
            return this;
        }

        context.Make(length);
        context.CheckLength((long)_text.Length + length);
        int at = _text.Length - start;
        _text.Append(text.Text, start, length);
        int last = text.RunAt(start + length - 1);
        for (int i = text.RunAt(start); i <= last; i++)
        {
            TextRun run = text.Runs[i];
            AddRun(Math.Min(run.End, start + length) + at, run.Marks);
        }

        return this;
    }

    public JinjaTextBuilder Append(string text, TextMarks marks = TextMarks.None) => Append(text.AsSpan(), marks);

    public JinjaTextBuilder Append(ReadOnlySpan<char> text, TextMarks marks = TextMarks.None)
    {
        if (text.Length > 0)
        {
            context.Make(text.Length);
            context.CheckLength((long)_text.Length + text.Length);
            _text.Append(text);
            AddRun(_text.Length, marks);
        }

        return this;
    }

    public JinjaTextBuilder Append(char unit, TextMarks marks = TextMarks.None) => Append(new ReadOnlySpan<char>(in unit), marks);

    public JinjaTextBuilder AppendRepeated(char unit, long count)
    {
        context.CheckLength(_text.Length + count);
        if (count > 0)
        {
            context.Make(count);
            _text.Append(unit, (int)count);
            AddRun(_text.Length, TextMarks.None);
        }

        return this;
    }

    public JinjaText Build() => _text.Length == 0 ? JinjaText.Empty : new JinjaText(_text.ToString(), [.. _runs]);

    private void AddRun(int end, TextMarks marks)
    {
        if (_runs.Count > 0 && _runs[^1].Marks == marks)
        {
            _runs[^1] = new TextRun(end, marks);
        }
        else
        {
            _runs.Add(new TextRun(end, marks));
        }
    }
}
