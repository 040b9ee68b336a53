namespace Agents.Evaluation.Tasks.Code;

/// <summary>Draws specifications and their neighbours.</summary>
internal static class CodeDraws
{
    private static readonly CodeTermKind[] EachKinds = [CodeTermKind.Squared, CodeTermKind.Times, CodeTermKind.Plus];
    private static readonly CodeTermKind[] ThenKinds = [CodeTermKind.Times, CodeTermKind.Plus, CodeTermKind.Minus];

    /// <summary>Draws a problem of a level; see <see cref="CodeOptions.Difficulty"/>.</summary>
    public static (CodeSpec Spec, CodeVagueness Vagueness) Draw(int level, ref SampleStream stream)
    {
        CodeSource source = stream.Pick<CodeSource>([CodeSource.Items, CodeSource.Items, CodeSource.Digits, CodeSource.Range]);
        CodeAggregate aggregate = stream.Pick(Aggregates(source, level));
        bool isProduct = aggregate == CodeAggregate.Product;
        bool balances = aggregate == CodeAggregate.Balance;
        bool needsFilter = balances || aggregate is CodeAggregate.First or CodeAggregate.Last or CodeAggregate.Count;
        bool calculates = aggregate != CodeAggregate.Count && !isProduct;
        bool filters = needsFilter || level >= 2 || stream.Chance(0.6);
        CodeFilter? filter = filters ? Filter(ref stream) : null;
        CodeFilter? second = level == 3 && !balances && stream.Chance(0.4) ? Second(filter!, ref stream) : null;
        CodeTerm each = calculates && (level >= 2 || !filters) ? Term(EachKinds, ref stream) : CodeTerm.None;
        bool finishes = aggregate is not (CodeAggregate.List or CodeAggregate.First) && (level == 3 || (level >= 2 && each.Kind == CodeTermKind.None));
        var spec = new CodeSpec
        {
            Source = source,
            Aggregate = aggregate,
            Start = source == CodeSource.Range ? stream.NextInt(2) : 0,
            Inclusive = source == CodeSource.Range && stream.Chance(0.5),
            Filter = filter,
            Second = second,
            Each = each,
            Then = finishes ? Term(ThenKinds, ref stream) : CodeTerm.None,
        };
        return level switch
        {
            4 => Loosen(spec, ref stream),
            >= 5 => Hide(spec, ref stream),
            _ => (spec, CodeVagueness.None),
        };
    }

    /// <summary>All specifications that the words of a problem allow, the given one among them.</summary>
    public static List<CodeSpec> Readings(CodeSpec spec, CodeVagueness vagueness)
    {
        List<CodeSpec> readings = [spec];
        if (vagueness.HasFlag(CodeVagueness.End))
        {
            readings = [.. readings.SelectMany(reading => new[] { reading with { Inclusive = false }, reading with { Inclusive = true } })];
        }

        if (vagueness.HasFlag(CodeVagueness.Threshold))
        {
            readings = [.. readings.SelectMany(reading => new[] { reading, reading with { Filter = Twin(reading.Filter!) } })];
        }

        if (vagueness.HasFlag(CodeVagueness.FilterConstant))
        {
            int low = spec.Filter!.Kind == CodeFilterKind.MultipleOf ? 3 : 2;
            int high = spec.Filter.Kind == CodeFilterKind.MultipleOf ? 5 : 9;
            readings = [.. readings.SelectMany(reading => Constants(low, high).Select(constant => reading with { Filter = reading.Filter! with { Constant = constant } }))];
        }

        if (vagueness.HasFlag(CodeVagueness.EachConstant))
        {
            readings = [.. readings.SelectMany(reading => Constants(2, 9).Select(constant => reading with { Each = reading.Each with { Constant = constant } }))];
        }

        if (vagueness.HasFlag(CodeVagueness.ThenConstant))
        {
            readings = [.. readings.SelectMany(reading => Constants(2, 9).Select(constant => reading with { Then = reading.Then with { Constant = constant } }))];
        }

        return readings;
    }

    /// <summary>Draws a specification that differs in one part: the mistake of a coder who misread the question.</summary>
    public static (CodeSpec Spec, CorruptionKind Kind) Misread(CodeSpec spec, CodeVagueness vagueness, ref SampleStream stream)
    {
        if (vagueness != CodeVagueness.None && stream.Chance(0.7))
        {
            return (stream.PickOther(Readings(spec, vagueness), spec), CorruptionKind.SwappedOperand);
        }

        bool hasFilter = spec.Filter is not null;
        return stream.NextInt(6) switch
        {
            0 when hasFilter && IsThreshold(spec.Filter!) => (spec with { Filter = Twin(spec.Filter!) }, CorruptionKind.WrongOperation),
            0 or 1 when hasFilter => (spec with { Filter = Filter(ref stream) }, CorruptionKind.WrongOperation),
            0 or 1 => (spec with { Filter = Filter(ref stream) }, CorruptionKind.WrongOperation),
            2 when hasFilter && spec.Filter!.Constant > 0 => (spec with { Filter = spec.Filter with { Constant = Near(spec.Filter.Constant, ref stream) } }, CorruptionKind.SwappedOperand),
            2 or 3 when spec.Each.Constant > 0 => (spec with { Each = spec.Each with { Constant = Near(spec.Each.Constant, ref stream) } }, CorruptionKind.SwappedOperand),
            2 or 3 => (spec with { Each = spec.Each.Kind == CodeTermKind.None ? Term(EachKinds, ref stream) : CodeTerm.None }, CorruptionKind.SkippedStep),
            4 when spec.Source == CodeSource.Range => (stream.Chance(0.5) ? spec with { Inclusive = !spec.Inclusive } : spec with { Start = 1 - spec.Start }, CorruptionKind.SwappedOperand),
            4 when spec.Second is not null => (spec with { Second = null }, CorruptionKind.SkippedStep),
            4 => (spec with { Aggregate = stream.PickOther(Aggregates(spec.Source, hasFilter ? 2 : 1), spec.Aggregate) }, CorruptionKind.WrongOperation),
            _ => (spec with { Then = spec.Then.Constant > 0 ? spec.Then with { Constant = Near(spec.Then.Constant, ref stream) } : Term(ThenKinds, ref stream) }, CorruptionKind.SwappedOperand),
        };
    }

    private static CodeAggregate[] Aggregates(CodeSource source, int level)
    {
        CodeAggregate[] all = source switch
        {
            CodeSource.Items => [CodeAggregate.Sum, CodeAggregate.Count, CodeAggregate.Maximum, CodeAggregate.Minimum, CodeAggregate.Product, CodeAggregate.List, CodeAggregate.First, CodeAggregate.Last, CodeAggregate.Balance],
            CodeSource.Digits => [CodeAggregate.Sum, CodeAggregate.Count, CodeAggregate.Maximum, CodeAggregate.Minimum, CodeAggregate.Product, CodeAggregate.Balance],
            _ => [CodeAggregate.Sum, CodeAggregate.Count, CodeAggregate.Last, CodeAggregate.List, CodeAggregate.Balance],
        };
        return level == 1 ? [.. all.Where(aggregate => aggregate != CodeAggregate.Balance)] : all;
    }

    private static CodeFilter Filter(ref SampleStream stream)
    {
        var kind = (CodeFilterKind)stream.NextInt(8);
        return new CodeFilter(kind, kind switch
        {
            CodeFilterKind.Odd or CodeFilterKind.Even => 0,
            CodeFilterKind.MultipleOf => stream.Between(3, 5),
            _ => stream.Between(2, 9),
        });
    }

    /// <summary>A threshold beside a divisibility and the reverse, so that two conditions never exclude each other by their words.</summary>
    private static CodeFilter Second(CodeFilter first, ref SampleStream stream) =>
        IsThreshold(first) || first.Kind == CodeFilterKind.Not
            ? new CodeFilter(CodeFilterKind.MultipleOf, stream.Between(3, 5))
            : new CodeFilter(stream.Chance(0.5) ? CodeFilterKind.Over : CodeFilterKind.Not, stream.Between(2, 9));

    private static CodeTerm Term(CodeTermKind[] kinds, ref SampleStream stream)
    {
        CodeTermKind kind = stream.Pick(kinds);
        return new CodeTerm(kind, kind == CodeTermKind.Squared ? 0 : stream.Between(2, 9));
    }

    private static (CodeSpec Spec, CodeVagueness Vagueness) Loosen(CodeSpec spec, ref SampleStream stream)
    {
        bool end = spec.Source == CodeSource.Range && stream.Chance(0.7);
        bool threshold = !end || stream.Chance(0.3);
        if (threshold)
        {
            CodeFilterKind kind = stream.Pick<CodeFilterKind>([CodeFilterKind.Over, CodeFilterKind.AtLeast, CodeFilterKind.Under, CodeFilterKind.AtMost]);
            spec = spec with { Filter = new CodeFilter(kind, stream.Between(2, 9)) };
        }

        return (spec, (end ? CodeVagueness.End : CodeVagueness.None) | (threshold ? CodeVagueness.Threshold : CodeVagueness.None));
    }

    private static (CodeSpec Spec, CodeVagueness Vagueness) Hide(CodeSpec spec, ref SampleStream stream)
    {
        var hidden = new List<CodeVagueness>();
        if (spec.Filter is { Constant: > 0 })
        {
            hidden.Add(CodeVagueness.FilterConstant);
        }

        if (spec.Each.Constant > 0)
        {
            hidden.Add(CodeVagueness.EachConstant);
        }

        if (spec.Then.Constant > 0)
        {
            hidden.Add(CodeVagueness.ThenConstant);
        }

        if (hidden.Count > 0)
        {
            return (spec, stream.Pick(hidden));
        }

        CodeSpec filtered = spec with { Filter = new CodeFilter(stream.Chance(0.5) ? CodeFilterKind.Over : CodeFilterKind.Under, stream.Between(2, 9)) };
        return (filtered, CodeVagueness.FilterConstant);
    }

    private static bool IsThreshold(CodeFilter filter) => filter.Kind is CodeFilterKind.Over or CodeFilterKind.AtLeast or CodeFilterKind.Under or CodeFilterKind.AtMost;

    private static CodeFilter Twin(CodeFilter filter) => filter with
    {
        Kind = filter.Kind switch
        {
            CodeFilterKind.Over => CodeFilterKind.AtLeast,
            CodeFilterKind.AtLeast => CodeFilterKind.Over,
            CodeFilterKind.Under => CodeFilterKind.AtMost,
            _ => CodeFilterKind.Under,
        },
    };

    private static IEnumerable<int> Constants(int low, int high) => Enumerable.Range(low, high - low + 1);

    private static int Near(int constant, ref SampleStream stream) => stream.Chance(0.5) ? constant + 1 : Math.Max(1, constant - 1);
}
