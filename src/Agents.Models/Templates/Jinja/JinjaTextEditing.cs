namespace Agents.Models.Templates.Jinja;

/// <summary>Cutting, joining and replacing of marked text, with Python's meaning.</summary>
internal static class JinjaTextEditing
{
    public static JinjaText Trim(JinjaContext context, JinjaText text, JinjaText? characters, bool left, bool right)
    {
        int start = 0;
        int end = text.Length;
        while (left && start < end && IsTrimmed(text.Text[start]))
        {
            start++;
        }

        while (right && end > start && IsTrimmed(text.Text[end - 1]))
        {
            end--;
        }

        context.Scan(text.Length - (end - start));
        return text.Slice(context, start, end - start);

        bool IsTrimmed(char unit) => characters is null ? JinjaCharacters.IsSpace(unit) : characters.Text.Contains(unit, StringComparison.Ordinal);
    }

    public static JinjaList Split(JinjaContext context, JinjaText text, JinjaText? separator, long maximum)
    {
        List<JinjaValue> parts = [];
        if (separator is null)
        {
            return new JinjaList(SplitSpaces(context, text, maximum, parts));
        }

        RequireSeparator(context, separator);
        int start = 0;
        while (maximum < 0 || parts.Count < maximum)
        {
            int at = text.Text.IndexOf(separator.Text, start, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            AddPart(context, parts, text, start, at);
            start = at + separator.Length;
        }

        AddPart(context, parts, text, start, text.Length);
        context.Scan(text.Length);
        return new JinjaList(parts);
    }

    public static JinjaList SplitFromEnd(JinjaContext context, JinjaText text, JinjaText? separator, long maximum)
    {
        if (maximum < 0)
        {
            return Split(context, text, separator, maximum);
        }

        RequireSeparator(context, separator ?? throw context.Error("rsplit without a separator takes no maximum."));
        List<JinjaValue> parts = [];
        int end = text.Length;
        while (parts.Count < maximum && end > 0)
        {
            int at = text.Text.AsSpan(0, end).LastIndexOf(separator.Text, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            AddPart(context, parts, text, at + separator.Length, end);
            end = at;
        }

        AddPart(context, parts, text, 0, end);
        context.Scan(text.Length);
        parts.Reverse();
        return new JinjaList(parts);
    }

    public static JinjaList SplitLines(JinjaContext context, JinjaText text, bool keepsEnds)
    {
        List<JinjaValue> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && text.Text[end] is not ('\n' or '\r' or '\v' or '\f' or (>= '\u001C' and <= '\u001E') or '\u0085' or '\u2028' or '\u2029'))
            {
                end++;
            }

            int next = end == text.Length ? end : text.Text[end] == '\r' && end + 1 < text.Length && text.Text[end + 1] == '\n' ? end + 2 : end + 1;
            AddPart(context, lines, text, start, keepsEnds ? next : end);
            start = next;
        }

        context.Scan(text.Length);
        return new JinjaList(lines);
    }

    public static JinjaList Partition(JinjaContext context, JinjaText text, JinjaText separator, bool fromEnd)
    {
        RequireSeparator(context, separator);
        context.Scan(text.Length);
        int at = fromEnd ? text.Text.LastIndexOf(separator.Text, StringComparison.Ordinal) : text.Text.IndexOf(separator.Text, StringComparison.Ordinal);
        if (at < 0)
        {
            return fromEnd ? JinjaSequences.Tuple(JinjaText.Empty, JinjaText.Empty, text) : JinjaSequences.Tuple(text, JinjaText.Empty, JinjaText.Empty);
        }

        int after = at + separator.Length;
        return JinjaSequences.Tuple(
            text.Slice(context, 0, at), text.Slice(context, at, separator.Length), text.Slice(context, after, text.Length - after));
    }

    public static JinjaText Replace(JinjaContext context, JinjaText text, JinjaText old, JinjaText replacement, long maximum)
    {
        JinjaTextBuilder builder = new(context);
        context.Scan(text.Length);
        int start = 0;
        for (int search = 0; maximum != 0 && search <= text.Length; maximum--)
        {
            int at = text.Text.IndexOf(old.Text, search, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            // An empty part stands before every character and at the end.
            context.Step();
            builder.Append(text, start, at - start).Append(replacement);
            start = at + old.Length;
            search = old.Length == 0 ? at + 1 : start;
        }

        return builder.Append(text, start, text.Length - start).Build();
    }

    public static JinjaInteger Count(JinjaContext context, JinjaText text, JinjaText part)
    {
        context.Scan(text.Length);
        if (part.Length == 0)
        {
            return new JinjaInteger(text.CountCodePoints(context) + 1);
        }

        int count = 0;
        for (int at = text.Text.IndexOf(part.Text, StringComparison.Ordinal); at >= 0; at = text.Text.IndexOf(part.Text, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return new JinjaInteger(count);
    }

    public static JinjaText Join(JinjaContext context, IReadOnlyList<JinjaValue> items, JinjaText separator, bool converts)
    {
        JinjaTextBuilder builder = new(context);
        for (int i = 0; i < items.Count; i++)
        {
            context.Step();
            builder.Append(i == 0 ? JinjaText.Empty : separator);
            builder.Append(items[i] is JinjaText text ? text
                : converts ? JinjaFormatting.ToText(context, items[i])
                : throw context.Error($"join got a value of type {items[i].TypeName}; expected strings."));
        }

        return builder.Build();
    }

    public static JinjaText Pad(JinjaContext context, JinjaText text, long width, char filler, bool left)
    {
        long padding = width - text.CountCodePoints(context);
        JinjaTextBuilder builder = new(context);
        return builder.AppendRepeated(filler, left ? padding : 0).Append(text).AppendRepeated(filler, left ? 0 : padding).Build();
    }

    /// <summary>The first letter of every word in upper case, the others in lower case; a word is a run of letters.</summary>
    public static JinjaText Title(JinjaContext context, JinjaText text) => text.WithText(context, string.Create(text.Length, text.Text, (units, source) =>
    {
        bool inside = false;
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = inside ? char.ToLowerInvariant(source[i]) : char.ToUpperInvariant(source[i]);
            inside = char.IsLetter(source[i]);
        }
    }));

    public static JinjaText Capitalize(JinjaContext context, JinjaText text) =>
        text.Length == 0 ? text : text.WithText(context, char.ToUpperInvariant(text.Text[0]) + text.Text[1..].ToLowerInvariant());

    private static List<JinjaValue> SplitSpaces(JinjaContext context, JinjaText text, long maximum, List<JinjaValue> parts)
    {
        context.Scan(text.Length);
        int at = 0;
        while (true)
        {
            while (at < text.Length && JinjaCharacters.IsSpace(text.Text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return parts;
            }

            if (maximum >= 0 && parts.Count >= maximum)
            {
                AddPart(context, parts, text, at, text.Length);
                return parts;
            }

            int start = at;
            while (at < text.Length && !JinjaCharacters.IsSpace(text.Text[at]))
            {
                at++;
            }

            AddPart(context, parts, text, start, at);
        }
    }

    private static void AddPart(JinjaContext context, List<JinjaValue> parts, JinjaText text, int start, int end)
    {
        context.MakeElements(1);
        if (parts.Count >= context.Limits.Elements)
        {
            context.MakeElements((long)parts.Count + 1);
        }

        parts.Add(text.Slice(context, start, end - start));
    }

    private static void RequireSeparator(JinjaContext context, JinjaText separator)
    {
        if (separator.Length == 0)
        {
            throw context.Error("the separator is empty.");
        }
    }
}
