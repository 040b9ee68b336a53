namespace Agents.Models.Templates.Jinja;

/// <summary>A string whose characters know where they come from. Cutting and joining keep the marks.</summary>
internal sealed class JinjaText : JinjaValue
{
    private readonly TextRun[] _runs;
    private int _codePoints = -1;

    /// <param name="text">The text.</param>
    /// <param name="marks">Marks of all its characters.</param>
    public JinjaText(string text, TextMarks marks = TextMarks.None)
        : this(text, [new TextRun(text.Length, marks)])
    {
    }

    /// <param name="text">The text.</param>
    /// <param name="runs">Runs in order; the last ends where the text does.</param>
    public JinjaText(string text, TextRun[] runs)
    {
        Text = text;
        _runs = runs;
    }

    public static JinjaText Empty { get; } = new(string.Empty);

    public string Text { get; }

    public int Length => Text.Length;

    public ReadOnlySpan<TextRun> Runs => _runs;

    public override string TypeName => "str";

    public override bool IsTrue => Text.Length > 0;

    /// <summary>Marks of text that is made from both: content if either is, target if all content is.</summary>
    public static TextMarks Join(TextMarks left, TextMarks right)
    {
        TextMarks content = (left | right) & TextMarks.Content;
        bool target = Holds(left) && Holds(right) && ((left | right) & TextMarks.Target) != 0;
        return target ? content | TextMarks.Target : content;

        static bool Holds(TextMarks marks) => marks is TextMarks.None || (marks & TextMarks.Target) != 0;
    }

    public override TextMarks Marks(JinjaContext context)
    {
        context.Step(_runs.Length);
        return AllMarks();
    }

    public TextMarks AllMarks()
    {
        TextMarks marks = TextMarks.None;
        foreach (TextRun run in _runs)
        {
            marks = Join(marks, run.Marks);
        }

        return marks;
    }

    /// <summary>Index of the run that holds a character.</summary>
    public int RunAt(int index)
    {
        int low = 0;
        int high = _runs.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_runs[middle].End <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public TextMarks MarksAt(int index) => _runs[RunAt(index)].Marks;

    /// <summary>Cuts out a part, by UTF-16 units.</summary>
    public JinjaText Slice(JinjaContext context, int start, int length)
    {
        if (start == 0 && length == Length)
        {
            return this;
        }

        if (length == 0)
        {
            return Empty;
        }

        context.Make(length);
        int first = RunAt(start);
        int last = RunAt(start + length - 1);
        TextRun[] runs = new TextRun[last - first + 1];
        for (int i = 0; i < runs.Length; i++)
        {
            TextRun run = _runs[first + i];
            runs[i] = run with { End = Math.Min(run.End - start, length) };
        }

        return new JinjaText(Text.Substring(start, length), runs);
    }

    /// <summary>The same runs over other text of the same length.</summary>
    public JinjaText WithText(JinjaContext context, string text)
    {
        context.Make(text.Length);
        return new JinjaText(text, text.Length == Length ? _runs : [new TextRun(text.Length, AllMarks())]);
    }

    /// <summary>Number of code points, which is Python's length.</summary>
    public int CountCodePoints(JinjaContext context)
    {
        if (_codePoints < 0)
        {
            context.Scan(Length);
            int pairs = 0;
            for (int i = 0; i + 1 < Text.Length; i++)
            {
                if (char.IsHighSurrogate(Text[i]) && char.IsLowSurrogate(Text[i + 1]))
                {
                    pairs++;
                    i++;
                }
            }

            _codePoints = Text.Length - pairs;
        }

        return _codePoints;
    }

    /// <summary>UTF-16 index of a code point.</summary>
    public int OffsetOf(JinjaContext context, int codePoint)
    {
        if (CountCodePoints(context) == Length)
        {
            return codePoint;
        }

        context.Scan(Length);
        int offset = 0;
        for (int i = 0; i < codePoint; i++)
        {
            offset += char.IsHighSurrogate(Text[offset]) && offset + 1 < Text.Length && char.IsLowSurrogate(Text[offset + 1]) ? 2 : 1;
        }

        return offset;
    }
}
