using System.Globalization;
using Agents.Programs.Syntax;

namespace Agents.Programs.Mutation;

/// <summary>Lists all single mutations of a program: the caller picks, so nothing here is random.</summary>
public static class ProgramMutations
{
    private static readonly string[] Arithmetic = ["+", "-", "*", "/", "%"];
    private static readonly string[] Strict = ["<", ">"];
    private static readonly string[] Weak = ["<=", ">="];
    private static readonly string[] Equality = ["==", "!="];
    private static readonly long[] Constants = [0, 1, 2, 3, 5, 10];

    /// <summary>Returns the mutations in reading order, dropped statements last; no two with the same text.</summary>
    /// <param name="program">The program.</param>
    public static IReadOnlyList<ProgramMutation> Of(MiniProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        List<Token> tokens = Lexer.Cut(program.Text, out _)!;
        var found = new List<ProgramMutation>();
        var seen = new HashSet<string> { program.Text };
        int line = 0;
        int body = tokens.FindIndex(token => token.Is(":")) + 1;
        bool starts = true;
        for (int i = body; i < tokens.Count - 1; i++)
        {
            Token token = tokens[i];
            if (starts && (token.Kind == TokenKind.Name || token.Is("while") || token.Is("if") || token.Is("return")))
            {
                line++;
            }

            starts = token.Is(";") || token.Is("{") || token.Is("}");
            foreach ((MutationKind kind, string text) in Replacements(program, token))
            {
                Add(found, seen, kind, line, program.Text[..token.Start] + text + program.Text[(token.Start + token.Text.Length)..]);
            }
        }

        Drop(program, found, seen);
        return found;
    }

    private static IEnumerable<(MutationKind Kind, string Text)> Replacements(MiniProgram program, Token token) => token.Kind switch
    {
        TokenKind.Number => Numbers(long.Parse(token.Text, CultureInfo.InvariantCulture)),
        TokenKind.Name => program.Names.Where(name => name != token.Text).Select(name => (MutationKind.Variable, name)),
        TokenKind.Word => token.Text switch
        {
            "and" => [(MutationKind.Operator, "or")],
            "or" => [(MutationKind.Operator, "and")],
            _ => [],
        },
        _ => Symbols(token.Text),
    };

    private static IEnumerable<(MutationKind Kind, string Text)> Numbers(long value)
    {
        long[] near = [value - 1, value + 1];
        IEnumerable<long> far = Constants.Where(constant => Math.Abs(constant - value) > 1);
        return near.Where(constant => constant >= 0).Select(constant => (MutationKind.OffByOne, Text(constant)))
            .Concat(far.Select(constant => (MutationKind.Constant, Text(constant))));
    }

    private static IEnumerable<(MutationKind Kind, string Text)> Symbols(string symbol)
    {
        if (Arithmetic.Contains(symbol))
        {
            return Arithmetic.Where(other => other != symbol).Select(other => (MutationKind.Operator, other));
        }

        string[] group = Strict.Contains(symbol) ? Strict : Weak.Contains(symbol) ? Weak : Equality.Contains(symbol) ? Equality : [];
        if (group.Length == 0)
        {
            return [];
        }

        IEnumerable<(MutationKind Kind, string Text)> others = group.Where(other => other != symbol).Select(other => (MutationKind.Comparison, other));
        string[] twins = group == Strict ? Weak : group == Weak ? Strict : [];
        return twins.Length == 0
            ? others.Concat(Strict.Select(other => (MutationKind.Comparison, other)))
            : others.Append((MutationKind.OffByOne, twins[Array.IndexOf(group, symbol)])).Append((MutationKind.Comparison, "=="));
    }

    private static void Drop(MiniProgram program, List<ProgramMutation> found, HashSet<string> seen)
    {
        for (int line = 1; line <= program.Lines; line++)
        {
            string text = Printer.Program(program.Names, program.Parameters, Without(program.Body, line));
            Add(found, seen, MutationKind.DroppedStatement, line, text);
        }
    }

    private static List<Statement> Without(IReadOnlyList<Statement> statements, int line)
    {
        var left = new List<Statement>();
        foreach (Statement statement in statements.Where(statement => statement.Line != line))
        {
            left.Add(statement switch
            {
                WhileStatement loop => loop with { Body = Without(loop.Body, line) },
                IfStatement branch => branch with { Then = Without(branch.Then, line), Otherwise = branch.Otherwise is null ? null : Without(branch.Otherwise, line) },
                _ => statement,
            });
        }

        return left;
    }

    private static void Add(List<ProgramMutation> found, HashSet<string> seen, MutationKind kind, int line, string text)
    {
        if (MiniProgram.TryParse(text, out MiniProgram? mutated, out _) && seen.Add(mutated.Text))
        {
            found.Add(new ProgramMutation(kind, line, mutated));
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
