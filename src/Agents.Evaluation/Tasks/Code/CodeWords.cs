using System.Globalization;

namespace Agents.Evaluation.Tasks.Code;

/// <summary>Puts specifications into words, vague where the plan says so.</summary>
internal static class CodeWords
{
    private const string Open = "?";

    /// <summary>The whole specification in one line, such as "sum of odd items over 3, each squared, then plus 2".</summary>
    public static string Describe(CodeSpec spec, CodeVagueness vagueness)
    {
        string text = Aggregate(spec.Aggregate) + " of ";
        if (spec.Filter is { } filter && IsAdjective(filter))
        {
            text += Condition(filter, vagueness) + " ";
        }

        text += Source(spec, vagueness);
        text += spec.Filter is { } late && !IsAdjective(late) ? " " + Condition(late, vagueness) : "";
        text += spec.Second is { } second ? " " + Condition(second, CodeVagueness.None) : "";
        text += spec.Aggregate == CodeAggregate.Balance ? ", minus others" : "";
        text += spec.Each.Kind == CodeTermKind.None ? "" : ", each " + Term(spec.Each, vagueness.HasFlag(CodeVagueness.EachConstant));
        return text + (spec.Then.Kind == CodeTermKind.None ? "" : ", then " + Term(spec.Then, vagueness.HasFlag(CodeVagueness.ThenConstant)));
    }

    /// <summary>The subtasks, one per line: what an analyst hands to a coder.</summary>
    public static IReadOnlyList<string> Subtasks(CodeSpec spec, CodeVagueness vagueness)
    {
        var parts = new List<string> { "go over " + Source(spec, vagueness) };
        foreach (CodeFilter? filter in new[] { spec.Filter, spec.Second })
        {
            if (filter is not null)
            {
                parts.Add("keep " + Condition(filter, ReferenceEquals(filter, spec.Filter) ? vagueness : CodeVagueness.None));
            }
        }

        if (spec.Each.Kind != CodeTermKind.None)
        {
            parts.Add("each " + Term(spec.Each, vagueness.HasFlag(CodeVagueness.EachConstant)));
        }

        parts.Add("take " + Aggregate(spec.Aggregate) + (spec.Aggregate == CodeAggregate.Balance ? " minus others" : ""));
        if (spec.Then.Kind != CodeTermKind.None)
        {
            parts.Add("then " + Term(spec.Then, vagueness.HasFlag(CodeVagueness.ThenConstant)));
        }

        return parts;
    }

    private static bool IsAdjective(CodeFilter filter) => filter.Kind is CodeFilterKind.Odd or CodeFilterKind.Even;

    private static string Aggregate(CodeAggregate aggregate) => aggregate switch
    {
        CodeAggregate.Sum or CodeAggregate.Balance => "sum",
        CodeAggregate.Count => "count",
        CodeAggregate.Maximum => "max or 0",
        CodeAggregate.Minimum => "min or 999",
        CodeAggregate.Product => "product",
        CodeAggregate.List => "list",
        CodeAggregate.First => "first or 0",
        _ => "last or 0",
    };

    private static string Source(CodeSpec spec, CodeVagueness vagueness) => spec.Source switch
    {
        CodeSource.Items => "items",
        CodeSource.Digits => "digits",
        _ => string.Create(CultureInfo.InvariantCulture, $"numbers {spec.Start} ") + (vagueness.HasFlag(CodeVagueness.End) ? "until n" : spec.Inclusive ? "to n" : "below n"),
    };

    private static string Condition(CodeFilter filter, CodeVagueness vagueness)
    {
        string constant = vagueness.HasFlag(CodeVagueness.FilterConstant) ? Open : filter.Constant.ToString(CultureInfo.InvariantCulture);
        bool vague = vagueness.HasFlag(CodeVagueness.Threshold);
        return filter.Kind switch
        {
            CodeFilterKind.Odd => "odd",
            CodeFilterKind.Even => "even",
            CodeFilterKind.Over => (vague ? "beyond " : "over ") + constant,
            CodeFilterKind.AtLeast => (vague ? "beyond " : "at least ") + constant,
            CodeFilterKind.Under => (vague ? "within " : "under ") + constant,
            CodeFilterKind.AtMost => (vague ? "within " : "at most ") + constant,
            CodeFilterKind.MultipleOf => "multiple of " + constant,
            _ => "not " + constant,
        };
    }

    private static string Term(CodeTerm term, bool vague)
    {
        string constant = vague ? Open : term.Constant.ToString(CultureInfo.InvariantCulture);
        return term.Kind switch
        {
            CodeTermKind.Squared => "squared",
            CodeTermKind.Times => "times " + constant,
            CodeTermKind.Plus => "plus " + constant,
            _ => "minus " + constant,
        };
    }
}
