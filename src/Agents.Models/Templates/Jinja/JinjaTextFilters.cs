namespace Agents.Models.Templates.Jinja;

/// <summary>Filters over text.</summary>
internal static class JinjaTextFilters
{
    public static void AddTo(Dictionary<string, Func<JinjaContext, JinjaArguments, JinjaValue>> filters)
    {
        filters["string"] = (context, arguments) => Text(context, arguments);
        filters["safe"] = (_, arguments) => arguments.Positional[0];
        filters["trim"] = (context, arguments) => JinjaTextEditing.Trim(context, Text(context, arguments), arguments.FindText(context, 1, "chars"), left: true, right: true);
        filters["upper"] = (context, arguments) => Text(context, arguments).WithText(context, Text(context, arguments).Text.ToUpperInvariant());
        filters["lower"] = (context, arguments) => Text(context, arguments).WithText(context, Text(context, arguments).Text.ToLowerInvariant());
        filters["capitalize"] = (context, arguments) => JinjaTextEditing.Capitalize(context, Text(context, arguments));
        filters["title"] = Title;
        filters["replace"] = (context, arguments) => JinjaTextEditing.Replace(
            context,
            Text(context, arguments),
            JinjaFormatting.ToText(context, arguments.Require(context, 1, "old")),
            JinjaFormatting.ToText(context, arguments.Require(context, 2, "new")),
            arguments.Find(3, "count") is JinjaNone ? -1 : arguments.FindInteger(context, 3, "count", -1));
        filters["indent"] = Indent;
        filters["format"] = (context, arguments) => JinjaTextFormat.Percent(context, Text(context, arguments), [.. arguments.Positional.Skip(1)]);
        filters["center"] = Center;
        filters["truncate"] = Truncate;
        filters["wordcount"] = (context, arguments) => new JinjaInteger(Words(context, arguments));
        filters["escape"] = filters["e"] = Escape;
    }

    private static JinjaText Text(JinjaContext context, JinjaArguments arguments) => JinjaFormatting.ToText(context, arguments.Positional[0]);

    /// <summary>Words begin after white space, hyphens and opening brackets; only the first letter of a word is in upper case.</summary>
    private static JinjaText Title(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        return text.WithText(context, string.Create(text.Length, text.Text, (units, source) =>
        {
            bool starts = true;
            for (int i = 0; i < units.Length; i++)
            {
                units[i] = starts ? char.ToUpperInvariant(source[i]) : char.ToLowerInvariant(source[i]);
                starts = JinjaCharacters.IsSpace(source[i]) || source[i] is '-' or '(' or '{' or '[' or '<';
            }
        }));
    }

    /// <summary>Puts spaces, or a given text, before every line but the first; empty lines stay empty.</summary>
    private static JinjaText Indent(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        JinjaText prefix = arguments.Find(1, "width") is JinjaText given
            ? given
            : new JinjaTextBuilder(context).AppendRepeated(' ', arguments.FindInteger(context, 1, "width", 4)).Build();
        bool first = arguments.FindFlag(2, "first", fallback: false);
        bool blank = arguments.FindFlag(3, "blank", fallback: false);
        JinjaTextBuilder builder = new(context);
        for (int start = 0; start <= text.Length;)
        {
            int end = text.Text.IndexOf('\n', start);
            int next = end < 0 ? text.Length + 1 : end + 1;
            int length = Math.Min(next, text.Length) - start;
            bool isBlank = length == 0 || (length == 1 && text.Text[start] == '\n');
            if (start == 0 ? first : blank || !isBlank)
            {
                builder.Append(prefix);
            }

            context.Step();
            builder.Append(text, start, length);
            start = next;
        }

        return builder.Build();
    }

    private static JinjaText Center(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        long width = arguments.FindInteger(context, 1, "width", 80);
        long padding = Math.Max(0, width - text.CountCodePoints(context));
        long left = (padding / 2) + (padding & width & 1);
        return new JinjaTextBuilder(context).AppendRepeated(' ', left).Append(text).AppendRepeated(' ', padding - left).Build();
    }

    /// <summary>Cuts a long text at a word, with an ellipsis.</summary>
    private static JinjaText Truncate(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        long length = arguments.FindInteger(context, 1, "length", 255);
        JinjaText ending = arguments.FindText(context, 3, "end") ?? new JinjaText("...");
        long leeway = arguments.FindInteger(context, 4, "leeway", 5);
        if (length < ending.CountCodePoints(context))
        {
            throw context.Error($"truncate got the length {length}, which is shorter than its end.");
        }

        if (text.CountCodePoints(context) <= length + leeway)
        {
            return text;
        }

        int cut = text.OffsetOf(context, (int)length - ending.CountCodePoints(context));
        if (!arguments.FindFlag(2, "killwords", fallback: false))
        {
            int space = cut == 0 ? -1 : text.Text.LastIndexOf(' ', cut - 1);
            cut = space < 0 ? cut : space;
        }

        return new JinjaTextBuilder(context).Append(text, 0, cut).Append(ending).Build();
    }

    private static int Words(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        context.Scan(text.Length);
        int words = 0;
        bool inside = false;
        foreach (char unit in text.Text)
        {
            bool now = char.IsLetterOrDigit(unit) || unit == '_';
            words += now && !inside ? 1 : 0;
            inside = now;
        }

        return words;
    }

    private static JinjaText Escape(JinjaContext context, JinjaArguments arguments)
    {
        JinjaText text = Text(context, arguments);
        JinjaTextBuilder builder = new(context);
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            string? entity = text.Text[i] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&#34;",
                '\'' => "&#39;",
                _ => null,
            };
            if (entity is not null)
            {
                builder.Append(text, start, i - start).Append(entity, text.MarksAt(i));
                start = i + 1;
            }
        }

        return builder.Append(text, start, text.Length - start).Build();
    }
}
