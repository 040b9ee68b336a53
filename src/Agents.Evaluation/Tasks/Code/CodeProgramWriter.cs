using System.Globalization;

namespace Agents.Evaluation.Tasks.Code;

/// <summary>Writes the reference program of a specification in the mini-language.</summary>
internal static class CodeProgramWriter
{
    public static string Write(CodeSpec spec)
    {
        string variable = spec.Source == CodeSource.Range ? "i" : "x";
        (string start, string test, string fetch, string next) = spec.Source switch
        {
            CodeSource.Items => ("i=0;", "i<#l", "x=l[i];", "i=i+1"),
            CodeSource.Digits => ("", "n>0", "x=n%10;", "n=n/10"),
            _ => (string.Create(CultureInfo.InvariantCulture, $"i={spec.Start};"), spec.Inclusive ? "i<=n" : "i<n", "", "i=i+1"),
        };
        string first = spec.Aggregate switch
        {
            CodeAggregate.Minimum => "s=999;",
            CodeAggregate.Product => "s=1;",
            CodeAggregate.List => "s=[];",
            CodeAggregate.First => "",
            _ => "s=0;",
        };
        string end = spec.Aggregate == CodeAggregate.First ? "0" : Apply(spec.Then, "s");
        return $"f({spec.Parameter}):{first}{start}while {test}:{{{fetch}{Body(spec, variable)}{next}}}return {end}";
    }

    private static string Body(CodeSpec spec, string variable)
    {
        string value = Apply(spec.Each, variable);
        string update = spec.Aggregate switch
        {
            CodeAggregate.Count => "s=s+1",
            CodeAggregate.Product => spec.Each.Kind is CodeTermKind.Plus or CodeTermKind.Minus ? $"s=s*({value})" : $"s=s*{value}",
            CodeAggregate.List => $"s=s+[{value}]",
            CodeAggregate.First => $"return {value}",
            CodeAggregate.Maximum or CodeAggregate.Minimum or CodeAggregate.Last => $"s={value}",
            _ => $"s=s+{value}",
        };
        List<string> conditions = [];
        foreach (CodeFilter? filter in new[] { spec.Filter, spec.Second })
        {
            if (filter is not null)
            {
                conditions.Add(Condition(filter, variable));
            }
        }

        if (spec.Aggregate is CodeAggregate.Maximum or CodeAggregate.Minimum)
        {
            conditions.Add(value + (spec.Aggregate == CodeAggregate.Maximum ? ">s" : "<s"));
        }

        if (conditions.Count == 0)
        {
            return update + ";";
        }

        string otherwise = spec.Aggregate == CodeAggregate.Balance ? $"else:{{s=s-{(spec.Each.Kind is CodeTermKind.Plus or CodeTermKind.Minus ? $"({value})" : value)}}}" : "";
        return $"if {string.Join(" and ", conditions)}:{{{update}}}{otherwise}";
    }

    private static string Condition(CodeFilter filter, string variable) => filter.Kind switch
    {
        CodeFilterKind.Odd => variable + "%2==1",
        CodeFilterKind.Even => variable + "%2==0",
        CodeFilterKind.Over => variable + ">" + Text(filter.Constant),
        CodeFilterKind.Under => variable + "<" + Text(filter.Constant),
        CodeFilterKind.AtLeast => variable + ">=" + Text(filter.Constant),
        CodeFilterKind.AtMost => variable + "<=" + Text(filter.Constant),
        CodeFilterKind.MultipleOf => variable + "%" + Text(filter.Constant) + "==0",
        _ => variable + "!=" + Text(filter.Constant),
    };

    private static string Apply(CodeTerm term, string value) => term.Kind switch
    {
        CodeTermKind.Squared => value + "*" + value,
        CodeTermKind.Times => value + "*" + Text(term.Constant),
        CodeTermKind.Plus => value + "+" + Text(term.Constant),
        CodeTermKind.Minus => value + "-" + Text(term.Constant),
        _ => value,
    };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
