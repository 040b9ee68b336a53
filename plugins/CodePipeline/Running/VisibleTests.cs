using System.Text.RegularExpressions;

namespace Agents.Plugins.CodePipeline.Running;

/// <summary>
/// Finds the visible tests of a question: doctests (<c>&gt;&gt;&gt; f(3)</c> with its value on the next line), assertions, and lines such as <c>f(3) == 6</c>, <c>f(3) = 6</c> or <c>f(3) -&gt; 6</c>,
/// behind comment signs and list marks too. Several may share a line, separated by semicolons.
/// </summary>
public static partial class VisibleTests
{
    private const int Maximum = 100;
    private const int MaximumLength = 2000;
    private const string Doctest = ">>> ";
    private static readonly string[] Equations = ["===", "==", "=>", "->", "→", "="];

    /// <summary>Returns the tests of a question in order, each once.</summary>
    /// <param name="question">The question.</param>
    public static IReadOnlyList<CodeTest> Find(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        string[] lines = question.ReplaceLineEndings("\n").Split('\n');
        List<CodeTest> tests = [];
        for (int i = 0; i < lines.Length && tests.Count < Maximum; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith(Doctest, StringComparison.Ordinal))
            {
                string call = line[Doctest.Length..].Trim();
                string next = i + 1 < lines.Length ? lines[i + 1].Trim() : "";
                bool answered = next.Length > 0 && !next.StartsWith(">>>", StringComparison.Ordinal) && next is not ("\"\"\"" or "'''" or "```");
                if (Parse(call) is { } equation)
                {
                    // >>> f(3) == 6 with the value True: the equation is the test.
                    Add(tests, equation);
                }
                else if (answered && IsCall(call))
                {
                    Add(tests, new CodeTest(call, next));
                }

                continue;
            }

            foreach (string part in Parts(line))
            {
                if (Parse(part) is { } test && LiteralForm().IsMatch(test.Expected))
                {
                    Add(tests, test);
                }
            }
        }

        return tests;
    }

    /// <summary>Reads one test; null when the text is none.</summary>
    /// <param name="text">For example <c>f(3) == 6</c> or <c>assert f(3) == 6</c>.</param>
    public static CodeTest? Parse(string text)
    {
        if (text is not { Length: > 0 and <= MaximumLength })
        {
            return null;
        }

        string line = Unmarked(text);
        foreach (string sign in Equations)
        {
            int at = AtTopLevel(line, sign);
            if (at < 0)
            {
                continue;
            }

            string call = line[..at].Trim();
            string expected = Value(line[(at + sign.Length)..]);
            return IsCall(call) && expected.Length > 0 ? new CodeTest(call, expected) : null;
        }

        return null;
    }

    private static void Add(List<CodeTest> tests, CodeTest test)
    {
        if (!tests.Contains(test))
        {
            tests.Add(test);
        }
    }

    private static IEnumerable<string> Parts(string line)
    {
        int from = 0;
        for (int at; (at = AtTopLevel(line, ";", from)) >= 0; from = at + 1)
        {
            yield return line[from..at].Trim();
        }

        yield return line[from..].Trim();
    }

    private static string Unmarked(string text)
    {
        string line = Marks().Replace(text.Trim(), "").Trim('`').Trim();
        const string Assertion = "assert ";
        return line.StartsWith(Assertion, StringComparison.Ordinal) ? line[Assertion.Length..].TrimStart() : line;
    }

    // A value ends before a trailing comment, an assertion's message or the sentence's full stop.
    private static string Value(string text)
    {
        foreach (string end in (string[])[" //", " #", ";"])
        {
            int at = AtTopLevel(text, end);
            text = at < 0 ? text : text[..at];
        }

        int message = AtTopLevel(text, ", \"");
        text = (message < 0 ? text : text[..message]).Trim().Trim('`');
        return text.EndsWith('.') && !text.EndsWith("..", StringComparison.Ordinal) ? text[..^1].TrimEnd() : text;
    }

    private static bool IsCall(string text)
    {
        string call = NewObject().Replace(text, "");
        return CallForm().IsMatch(call) && Balance(call) == call.Length - 1;
    }

    // Index of the parenthesis that closes the first one; -1 when none does.
    private static int Balance(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
            {
                i = EndOfText(text, i);
                continue;
            }

            depth += text[i] is '(' ? 1 : text[i] is ')' ? -1 : 0;
            if (depth == 0 && text[i] == ')')
            {
                return i;
            }
        }

        return -1;
    }

    private static int AtTopLevel(string text, string sign, int from = 0)
    {
        int depth = 0;
        for (int i = from; i < text.Length; i++)
        {
            if (depth == 0 && string.CompareOrdinal(text, i, sign, 0, sign.Length) == 0 && !(sign == "=" && i > 0 && text[i - 1] is '!' or '<' or '>'))
            {
                return i;
            }

            switch (text[i])
            {
                case '"' or '\'':
                    i = EndOfText(text, i);
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
            }
        }

        return -1;
    }

    private static int EndOfText(string text, int start)
    {
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[start])
            {
                return i;
            }
        }

        return start;
    }

    [GeneratedRegex(@"^(?:///?|\#|\*|-|•|\d+[.)])\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Marks();

    // In running text only a value that is written out makes a test: "f(n) -> int" describes, it gives no example.
    [GeneratedRegex(@"^(?:[-+.]?\d|[""'\[({]|(?:True|False|None|true|false|null)\b|new\b|[\p{L}_][\w.]*\()", RegexOptions.CultureInvariant)]
    private static partial Regex LiteralForm();

    [GeneratedRegex(@"^(?:new\s+)?[\p{L}_][\w.]*\s*\(\s*\)\s*\.\s*(?=[\p{L}_])", RegexOptions.CultureInvariant)]
    private static partial Regex NewObject();

    [GeneratedRegex(@"^[\p{L}_][\w.]*\s*\(", RegexOptions.CultureInvariant)]
    private static partial Regex CallForm();
}
