namespace Agents.Models.Templates.Jinja;

/// <summary>Operators with Python's meaning.</summary>
internal static class JinjaOperators
{
    public static JinjaValue Apply(JinjaContext context, string symbol, JinjaValue left, JinjaValue right)
    {
        if (symbol == "~")
        {
            return new JinjaTextBuilder(context).Append(JinjaFormatting.ToText(context, left)).Append(JinjaFormatting.ToText(context, right)).Build();
        }

        RequireDefined(context, left);
        RequireDefined(context, right);
        if (IsNumber(left) && IsNumber(right))
        {
            return JinjaArithmetic.Apply(context, symbol, left, right);
        }

        return (symbol, left, right) switch
        {
            ("+", JinjaText first, JinjaText second) => new JinjaTextBuilder(context).Append(first).Append(second).Build(),
            ("+", JinjaList first, JinjaList second) when first.IsTuple == second.IsTuple => Concatenate(context, first, second),
            ("*", JinjaText or JinjaList, JinjaInteger or JinjaBoolean) => Repeat(context, left, JinjaArithmetic.ToInteger(right)),
            ("*", JinjaInteger or JinjaBoolean, JinjaText or JinjaList) => Repeat(context, right, JinjaArithmetic.ToInteger(left)),
            ("%", JinjaText format, _) => JinjaTextFormat.Percent(context, format, right is JinjaList { IsTuple: true } tuple ? tuple.Items : [right]),
            _ => throw context.Error($"'{symbol}' does not work on {left.TypeName} and {right.TypeName}."),
        };
    }

    public static JinjaValue Negate(JinjaContext context, string symbol, JinjaValue operand) => (symbol, operand) switch
    {
        ("not", _) => JinjaBoolean.Of(!operand.IsTrue),
        ("+", JinjaInteger or JinjaFloat) => operand,
        ("-", JinjaFloat number) => new JinjaFloat(-number.Value),
        (_, JinjaInteger or JinjaBoolean) => JinjaArithmetic.Apply(context, symbol, new JinjaInteger(0), operand),
        _ => throw context.Error(operand is JinjaUndefined missing ? Undefined(missing) : $"'{symbol}' does not work on {operand.TypeName}."),
    };

    public static bool Compare(JinjaContext context, string symbol, JinjaValue left, JinjaValue right) => symbol switch
    {
        "==" => AreEqual(context, left, right),
        "!=" => !AreEqual(context, left, right),
        "in" => Contains(context, right, left),
        "not in" => !Contains(context, right, left),
        "<" => Order(context, symbol, left, right) is int order && order < 0,
        "<=" => Order(context, symbol, left, right) is int order && order <= 0,
        ">" => Order(context, symbol, left, right) is int order && order > 0,
        _ => Order(context, symbol, left, right) is int order && order >= 0,
    };

    public static bool AreEqual(JinjaContext context, JinjaValue left, JinjaValue right)
    {
        context.Step();
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        switch (left, right)
        {
            case (JinjaText first, JinjaText second):
                context.Scan(Math.Min(first.Length, second.Length));
                return string.Equals(first.Text, second.Text, StringComparison.Ordinal);
            case (JinjaList first, JinjaList second):
                if (first.IsTuple != second.IsTuple || first.Items.Count != second.Items.Count)
                {
                    return false;
                }

                context.Enter();
                bool equal = true;
                for (int i = 0; equal && i < first.Items.Count; i++)
                {
                    equal = AreEqual(context, first.Items[i], second.Items[i]);
                }

                context.Leave();
                return equal;
            case (JinjaMap first, JinjaMap second):
                return AreEqualMaps(context, first, second);
            case (JinjaUndefined, JinjaUndefined) or (JinjaNone, JinjaNone):
                return true;
            default:
                return TryCompareNumbers(left, right, out int order) && order == 0;
        }
    }

    /// <summary>Whether a container has an element, a dictionary a key, or a string a part.</summary>
    public static bool Contains(JinjaContext context, JinjaValue container, JinjaValue value)
    {
        switch (container)
        {
            case JinjaText text:
                JinjaText part = value as JinjaText ?? throw context.Error($"'in' looks for a string in a string; found {value.TypeName}.");
                context.Scan(text.Length);
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case JinjaMap map:
                return map.Find(value) is not null;
            case JinjaList list:
                foreach (JinjaValue item in list.Items)
                {
                    if (AreEqual(context, item, value))
                    {
                        return true;
                    }
                }

                return false;
            case JinjaUndefined:
                return false;
            default:
                throw context.Error($"'in' does not work on {container.TypeName}.");
        }
    }

    /// <summary>Order of two values; unordered numbers compare as null.</summary>
    public static int? Order(JinjaContext context, string symbol, JinjaValue left, JinjaValue right)
    {
        context.Step();
        RequireDefined(context, left);
        RequireDefined(context, right);
        if (left is JinjaText first && right is JinjaText second)
        {
            context.Scan(Math.Min(first.Length, second.Length));
            return CompareCodePoints(first.Text, second.Text);
        }

        if (left is JinjaList one && right is JinjaList two && one.IsTuple == two.IsTuple)
        {
            for (int i = 0; i < Math.Min(one.Items.Count, two.Items.Count); i++)
            {
                if (!AreEqual(context, one.Items[i], two.Items[i]))
                {
                    context.Enter();
                    int? order = Order(context, symbol, one.Items[i], two.Items[i]);
                    context.Leave();
                    return order;
                }
            }

            return one.Items.Count.CompareTo(two.Items.Count);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return TryCompareNumbers(left, right, out int order) ? order : null;
        }

        throw context.Error($"'{symbol}' does not work on {left.TypeName} and {right.TypeName}.");
    }

    /// <summary>Compares numbers and truth values; false for other values and where one is not a number.</summary>
    public static bool TryCompareNumbers(JinjaValue left, JinjaValue right, out int order)
    {
        order = 0;
        if (!IsNumber(left) || !IsNumber(right))
        {
            return false;
        }

        if (left is not JinjaFloat && right is not JinjaFloat)
        {
            order = JinjaArithmetic.ToInteger(left).CompareTo(JinjaArithmetic.ToInteger(right));
            return true;
        }

        double first = ToDouble(left);
        double second = ToDouble(right);
        order = first.CompareTo(second);
        return !double.IsNaN(first) && !double.IsNaN(second);
    }

    public static bool IsNumber(JinjaValue value) => value is JinjaInteger or JinjaFloat or JinjaBoolean;

    public static double ToDouble(JinjaValue value) => value is JinjaFloat number ? number.Value : JinjaArithmetic.ToInteger(value);

    public static void RequireDefined(JinjaContext context, JinjaValue value)
    {
        if (value is JinjaUndefined missing)
        {
            throw context.Error(Undefined(missing));
        }
    }

    public static string Undefined(JinjaUndefined missing) => $"{missing.Description} is undefined.";

    private static bool AreEqualMaps(JinjaContext context, JinjaMap left, JinjaMap right)
    {
        if (left.Entries.Count != right.Entries.Count)
        {
            return false;
        }

        context.Enter();
        bool equal = true;
        for (int i = 0; equal && i < left.Entries.Count; i++)
        {
            equal = right.Find(left.Entries[i].Key) is { } other && AreEqual(context, left.Entries[i].Value, other);
        }

        context.Leave();
        return equal;
    }

    /// <summary>Python orders by code points, in which surrogate pairs come last.</summary>
    private static int CompareCodePoints(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        char first = left[common];
        char second = right[common];
        return char.IsSurrogate(first) == char.IsSurrogate(second) ? first.CompareTo(second) : char.IsSurrogate(first) ? 1 : -1;
    }

    private static JinjaList Concatenate(JinjaContext context, JinjaList left, JinjaList right)
    {
        context.MakeElements((long)left.Items.Count + right.Items.Count);
        return new JinjaList([.. left.Items, .. right.Items], left.IsTuple);
    }

    private static JinjaValue Repeat(JinjaContext context, JinjaValue value, long count)
    {
        count = Math.Max(0, count);
        if (value is JinjaList list)
        {
            context.MakeElements(Product(list.Items.Count, count));
            return new JinjaList([.. Enumerable.Repeat(list.Items, list.Items.Count == 0 ? 0 : (int)count).SelectMany(items => items)], list.IsTuple);
        }

        JinjaText text = (JinjaText)value;
        context.CheckLength(Product(text.Length, count));
        JinjaTextBuilder builder = new(context);
        for (long i = 0; i < count && text.Length > 0; i++)
        {
            context.Step();
            builder.Append(text);
        }

        return builder.Build();
    }

    private static long Product(long length, long count) => length == 0 ? 0 : count > long.MaxValue / length ? long.MaxValue : length * count;
}
