namespace Agents.Evaluation.Tasks.Programs;

/// <summary>Draws statements of the mini language.</summary>
internal static class ProgramDraws
{
    private const string Variables = "abcd";

    public static bool IsControl(string statement) =>
        statement.StartsWith("if ", StringComparison.Ordinal) || statement.StartsWith("repeat ", StringComparison.Ordinal);

    /// <summary>Draws a program of the level's size that ends in a print statement.</summary>
    public static List<string> Statements(int level, bool simple, ref SampleStream stream)
    {
        int assignments = Math.Min(level + 1, 4);
        var statements = new List<string> { FormattableString.Invariant($"a={stream.Between(2, 30)}") };
        int known = 1;
        while (statements.Count < assignments)
        {
            bool fresh = known < 2 || (known < Variables.Length && stream.Chance(0.5));
            char target = fresh ? Variables[known] : Variables[stream.NextInt(known)];
            statements.Add(target + "=" + Expression(known, simple, ref stream));
            known += fresh ? 1 : 0;
        }

        if (level >= 4 && !simple)
        {
            char target = Variables[stream.NextInt(known)];
            string body = FormattableString.Invariant($"{target}={target}{stream.Pick<char>(['+', '-'])}{stream.Between(2, 9)}");
            statements.Add(stream.Chance(0.5)
                ? FormattableString.Invariant($"repeat {stream.Between(2, 3)}: {body}")
                : FormattableString.Invariant($"if {Variables[stream.NextInt(known)]}{stream.Pick<char>(['<', '>'])}{stream.Between(3, 20)}: {body}"));
        }

        int printed = level >= 3 && !simple ? 2 : 1;
        char[] shown = stream.PickSome(Variables[..known].ToCharArray(), printed);
        statements.Add("print " + string.Join(", ", shown));
        return statements;
    }

    private static string Expression(int known, bool simple, ref SampleStream stream)
    {
        char first = Variables[stream.NextInt(known)];
        char sign = stream.Pick<char>(['+', '-', '*', '+']);
        if (!simple && stream.Chance(0.15))
        {
            return FormattableString.Invariant($"{stream.Between(2, 20)}");
        }

        if (known > 1 && stream.Chance(0.35))
        {
            return FormattableString.Invariant($"{first}{sign}{Variables[stream.NextInt(known)]}");
        }

        int operand = sign == '*' ? stream.Between(2, 5) : stream.Between(2, 20);
        return !simple && stream.Chance(0.2)
            ? FormattableString.Invariant($"{first}*{stream.Between(2, 3)}+{operand}")
            : FormattableString.Invariant($"{first}{sign}{operand}");
    }
}
