namespace Agents.Models.Templates.Jinja;

/// <summary>Iteration, elements and slices with Python's meaning.</summary>
internal static class JinjaSequences
{
    /// <summary>The elements that a loop over the value sees: characters, elements or keys.</summary>
    public static IReadOnlyList<JinjaValue> Items(JinjaContext context, JinjaValue value) => value switch
    {
        JinjaList list => list.Items,
        JinjaMap map => [.. map.Entries.Select(entry => entry.Key)],
        JinjaText text => Characters(context, text),
        JinjaUndefined => [],
        _ => throw context.Error($"a value of type {value.TypeName} has no elements to go through."),
    };

    public static long Length(JinjaContext context, JinjaValue value) => value switch
    {
        JinjaList list => list.Items.Count,
        JinjaMap map => map.Entries.Count,
        JinjaText text => text.CountCodePoints(context),
        JinjaUndefined => 0,
        _ => throw context.Error($"a value of type {value.TypeName} has no length."),
    };

    /// <summary><c>target[index]</c>.</summary>
    public static JinjaValue Item(JinjaContext context, JinjaValue target, JinjaValue index)
    {
        JinjaOperators.RequireDefined(context, target);
        if (target is JinjaMap map && map.Find(index) is { } entry)
        {
            return entry;
        }

        if (index is JinjaInteger or JinjaBoolean && target is JinjaText or JinjaList)
        {
            long length = Length(context, target);
            long at = JinjaArithmetic.ToInteger(index);
            at = at < 0 ? at + length : at;
            return at < 0 || at >= length ? new JinjaUndefined($"element {JinjaArithmetic.ToInteger(index)}")
                : target is JinjaList list ? list.Items[(int)at]
                : Character(context, (JinjaText)target, (int)at);
        }

        return index is JinjaText name ? JinjaAttributes.Find(context, target, name.Text) : new JinjaUndefined("the element");
    }

    /// <summary><c>target[start:stop:stride]</c>.</summary>
    public static JinjaValue Slice(JinjaContext context, JinjaValue target, JinjaValue? start, JinjaValue? stop, JinjaValue? stride)
    {
        if (target is not (JinjaText or JinjaList))
        {
            throw context.Error(target is JinjaUndefined missing ? JinjaOperators.Undefined(missing) : $"a value of type {target.TypeName} cannot be sliced.");
        }

        int length = (int)Length(context, target);
        long step = Bound(context, stride) ?? 1;
        if (step == 0)
        {
            throw context.Error("the stride of a slice is 0.");
        }

        long from = Clamp(Bound(context, start), length, step, atStart: true);
        long to = Clamp(Bound(context, stop), length, step, atStart: false);
        if (step == 1 && target is JinjaText text)
        {
            int first = text.OffsetOf(context, (int)from);
            return text.Slice(context, first, to <= from ? 0 : text.OffsetOf(context, (int)to) - first);
        }

        List<JinjaValue> items = [];
        IReadOnlyList<JinjaValue> all = Items(context, target);
        for (long i = from; step > 0 ? i < to : i > to; i += step)
        {
            context.Step();
            items.Add(all[(int)i]);
        }

        return target is JinjaList list ? new JinjaList(items, list.IsTuple) : Concatenate(context, items);
    }

    public static JinjaText Concatenate(JinjaContext context, IEnumerable<JinjaValue> texts)
    {
        JinjaTextBuilder builder = new(context);
        foreach (JinjaValue text in texts)
        {
            builder.Append((JinjaText)text);
        }

        return builder.Build();
    }

    public static JinjaList Tuple(params JinjaValue[] items) => new(items, isTuple: true);

    /// <summary>Keys and values of a dictionary as tuples.</summary>
    public static JinjaList Entries(JinjaContext context, JinjaMap map)
    {
        context.MakeElements(map.Entries.Count);
        return new JinjaList([.. map.Entries.Select(entry => Tuple(entry.Key, entry.Value))]);
    }

    private static JinjaText Character(JinjaContext context, JinjaText text, int codePoint)
    {
        int start = text.OffsetOf(context, codePoint);
        bool pair = char.IsHighSurrogate(text.Text[start]) && start + 1 < text.Length && char.IsLowSurrogate(text.Text[start + 1]);
        return text.Slice(context, start, pair ? 2 : 1);
    }

    private static List<JinjaValue> Characters(JinjaContext context, JinjaText text)
    {
        context.MakeElements(text.CountCodePoints(context));
        List<JinjaValue> characters = [];
        for (int i = 0; i < text.Length;)
        {
            int length = char.IsHighSurrogate(text.Text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text.Text[i + 1]) ? 2 : 1;
            characters.Add(text.Slice(context, i, length));
            i += length;
        }

        return characters;
    }

    private static long? Bound(JinjaContext context, JinjaValue? value) => value switch
    {
        null or JinjaNone => null,
        JinjaInteger integer => integer.Value,
        JinjaBoolean flag => flag.IsTrue ? 1 : 0,
        _ => throw context.Error($"a slice has a bound of type {value.TypeName}; expected an integer."),
    };

    private static long Clamp(long? bound, int length, long step, bool atStart)
    {
        if (bound is not long value)
        {
            return step > 0 ? atStart ? 0 : length : atStart ? length - 1 : -1;
        }

        value = value < 0 ? Math.Max(value + length, -1) : value;
        return step > 0 ? Math.Clamp(value, 0, length) : Math.Clamp(value, -1, Math.Max(-1, length - 1));
    }
}
