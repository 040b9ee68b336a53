namespace Agents.Models.Templates.Jinja;

/// <summary>Filters over lists and dictionaries.</summary>
internal static class JinjaListFilters
{
    public static void AddTo(Dictionary<string, Func<JinjaContext, JinjaArguments, JinjaValue>> filters)
    {
        filters["length"] = filters["count"] = (context, arguments) => new JinjaInteger(JinjaSequences.Length(context, arguments.Positional[0]));
        filters["list"] = (context, arguments) => Made(context, Items(context, arguments));
        filters["first"] = (context, arguments) => Items(context, arguments) is [var first, ..] ? first : new JinjaUndefined("the first element of nothing");
        filters["last"] = (context, arguments) => Items(context, arguments) is [.., var last] ? last : new JinjaUndefined("the last element of nothing");
        filters["reverse"] = Reverse;
        filters["join"] = Join;
        filters["items"] = (context, arguments) => arguments.Positional[0] switch
        {
            JinjaMap map => JinjaSequences.Entries(context, map),
            JinjaUndefined => new JinjaList([]),
            var other => throw context.Error($"items does not work on {other.TypeName}."),
        };
        filters["sort"] = Sort;
        filters["dictsort"] = SortEntries;
        filters["unique"] = Unique;
        filters["min"] = (context, arguments) => Extreme(context, arguments, -1);
        filters["max"] = (context, arguments) => Extreme(context, arguments, 1);
        filters["sum"] = Sum;
        filters["groupby"] = GroupBy;
        filters["batch"] = Batch;
    }

    private static IReadOnlyList<JinjaValue> Items(JinjaContext context, JinjaArguments arguments) => JinjaSequences.Items(context, arguments.Positional[0]);

    private static JinjaList Made(JinjaContext context, IReadOnlyList<JinjaValue> items)
    {
        context.MakeElements(items.Count);
        return new JinjaList(items);
    }

    private static JinjaValue Reverse(JinjaContext context, JinjaArguments arguments)
    {
        IEnumerable<JinjaValue> reversed = Items(context, arguments).Reverse();
        return arguments.Positional[0] is JinjaText ? JinjaSequences.Concatenate(context, reversed) : Made(context, [.. reversed]);
    }

    private static JinjaText Join(JinjaContext context, JinjaArguments arguments)
    {
        IReadOnlyList<JinjaValue> items = Items(context, arguments);
        if (arguments.Find(2, "attribute") is { } attribute and not JinjaNone)
        {
            items = [.. items.Select(item => JinjaAttributes.FindPath(context, item, attribute))];
        }

        JinjaText separator = arguments.Find(1, "d") is { } given ? JinjaFormatting.ToText(context, given) : JinjaText.Empty;
        return JinjaTextEditing.Join(context, items, separator, converts: true);
    }

    private static JinjaList Sort(JinjaContext context, JinjaArguments arguments)
    {
        bool exact = arguments.FindFlag(2, "case_sensitive", fallback: false);
        JinjaValue? attribute = arguments.Find(3, "attribute");
        return Sorted(context, Items(context, arguments), arguments.FindFlag(1, "reverse", fallback: false), item => Key(context, item, attribute, exact));
    }

    private static JinjaList SortEntries(JinjaContext context, JinjaArguments arguments)
    {
        JinjaMap map = arguments.Positional[0] as JinjaMap ?? throw context.Error($"dictsort does not work on {arguments.Positional[0].TypeName}.");
        bool exact = arguments.FindFlag(1, "case_sensitive", fallback: false);
        int part = arguments.FindText(context, 2, "by")?.Text == "value" ? 1 : 0;
        return Sorted(
            context, JinjaSequences.Entries(context, map).Items, arguments.FindFlag(3, "reverse", fallback: false), item => Key(context, item, new JinjaInteger(part), exact));
    }

    private static JinjaList Sorted(JinjaContext context, IReadOnlyList<JinjaValue> items, bool reverse, Func<JinjaValue, JinjaValue> key)
    {
        context.MakeElements(items.Count);
        Comparer<JinjaValue> order = Comparer<JinjaValue>.Create((left, right) => JinjaOperators.Order(context, "<", left, right) ?? 0);
        try
        {
            return new JinjaList(reverse ? [.. items.OrderByDescending(key, order)] : [.. items.OrderBy(key, order)]);
        }
        catch (InvalidOperationException error) when (error.InnerException is ChatTemplateException own)
        {
            throw own;
        }
    }

    private static JinjaValue Key(JinjaContext context, JinjaValue item, JinjaValue? attribute, bool exact)
    {
        JinjaValue key = attribute is null or JinjaNone ? item : JinjaAttributes.FindPath(context, item, attribute);
        return !exact && key is JinjaText text ? text.WithText(context, text.Text.ToLowerInvariant()) : key;
    }

    private static JinjaList Unique(JinjaContext context, JinjaArguments arguments)
    {
        bool exact = arguments.FindFlag(1, "case_sensitive", fallback: false);
        JinjaValue? attribute = arguments.Find(2, "attribute");
        List<JinjaValue> seen = [];
        List<JinjaValue> kept = [];
        foreach (JinjaValue item in Items(context, arguments))
        {
            JinjaValue key = Key(context, item, attribute, exact);
            if (!seen.Any(other => JinjaOperators.AreEqual(context, other, key)))
            {
                seen.Add(key);
                kept.Add(item);
            }
        }

        return new JinjaList(kept);
    }

    private static JinjaValue Extreme(JinjaContext context, JinjaArguments arguments, int sign)
    {
        bool exact = arguments.FindFlag(1, "case_sensitive", fallback: false);
        JinjaValue? attribute = arguments.Find(2, "attribute");
        JinjaValue? best = null;
        JinjaValue? bestKey = null;
        foreach (JinjaValue item in Items(context, arguments))
        {
            JinjaValue key = Key(context, item, attribute, exact);
            if (bestKey is null || Math.Sign(JinjaOperators.Order(context, "<", key, bestKey) ?? 0) == sign)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best ?? new JinjaUndefined("the extreme element of nothing");
    }

    private static JinjaValue Sum(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue total = arguments.Find(2, "start") ?? new JinjaInteger(0);
        JinjaValue? attribute = arguments.Find(1, "attribute");
        foreach (JinjaValue item in Items(context, arguments))
        {
            context.Step();
            total = JinjaOperators.Apply(context, "+", total, attribute is null or JinjaNone ? item : JinjaAttributes.FindPath(context, item, attribute));
        }

        return total;
    }

    /// <summary>Sorted groups as pairs of the common attribute and the list of elements.</summary>
    private static JinjaList GroupBy(JinjaContext context, JinjaArguments arguments)
    {
        JinjaValue attribute = arguments.Require(context, 1, "attribute");
        JinjaValue? fallback = arguments.Find(2, "default");
        bool exact = arguments.FindFlag(3, "case_sensitive", fallback: false);
        JinjaList sorted = Sorted(context, Items(context, arguments), reverse: false, Grouping);
        List<JinjaValue> groups = [];
        for (int start = 0; start < sorted.Items.Count;)
        {
            JinjaValue key = Grouping(sorted.Items[start]);
            int end = start + 1;
            while (end < sorted.Items.Count && JinjaOperators.AreEqual(context, key, Grouping(sorted.Items[end])))
            {
                end++;
            }

            JinjaValue shown = JinjaAttributes.FindPath(context, sorted.Items[start], attribute);
            JinjaList members = new([.. sorted.Items.Skip(start).Take(end - start)]);
            groups.Add(JinjaSequences.Tuple(shown is JinjaUndefined && fallback is not null ? fallback : shown, members));
            start = end;
        }

        return new JinjaList(groups);

        JinjaValue Grouping(JinjaValue item)
        {
            JinjaValue key = Key(context, item, attribute, exact);
            return key is JinjaUndefined && fallback is not null ? fallback : key;
        }
    }

    private static JinjaList Batch(JinjaContext context, JinjaArguments arguments)
    {
        long size = arguments.FindInteger(context, 1, "linecount", 0);
        if (size < 1 || size > context.Limits.Elements)
        {
            throw context.Error($"batch got the size {size}; expected at least 1.");
        }

        List<JinjaValue> batches = [];
        foreach (JinjaValue[] batch in Items(context, arguments).Chunk((int)size))
        {
            JinjaValue? filler = arguments.Find(2, "fill_with");
            bool fills = filler is not (null or JinjaNone) && batch.Length < size;
            context.MakeElements(fills ? size : batch.Length);
            batches.Add(new JinjaList(fills ? [.. batch, .. Enumerable.Repeat(filler!, (int)size - batch.Length)] : batch));
        }

        return new JinjaList(batches);
    }
}
