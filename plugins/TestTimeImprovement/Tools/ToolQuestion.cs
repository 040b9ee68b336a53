using System.Globalization;
using System.Text.RegularExpressions;

namespace Agents.Plugins.TestTimeImprovement.Tools;

/// <summary>
/// A question that lists its functions in one line, as the tool family of the embedded model has it:
/// <c>tools: timer(min) qa=buy(n,item). user: order 3 eggs</c>.
/// </summary>
/// <param name="Tools">The functions in order.</param>
/// <param name="Request">What the user wants.</param>
public sealed partial record ToolQuestion(IReadOnlyList<ToolSignature> Tools, string Request)
{
    /// <summary>What stands before the function's name in an answer.</summary>
    public const string DecisionPrefix = "tool: ";

    private const string Opening = "tools: ";
    private const string Middle = ". user: ";

    /// <summary>Gets whether no function and no alias is offered twice, so that a call means one of them.</summary>
    public bool IsUnambiguous =>
        Tools.Select(tool => tool.Callable).Distinct(StringComparer.Ordinal).Count() == Tools.Count && Tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() == Tools.Count;

    /// <summary>Reads a question.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null when it has another form.</returns>
    public static ToolQuestion? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        var tools = new ToolSignature[Count(ref rest, out ReadOnlySpan<char> request)];
        for (int i = 0; i < tools.Length; i++)
        {
            ReadOnlySpan<char> signature = Next(ref rest);
            (string name, string? alias) = Name(signature);
            tools[i] = new ToolSignature(name, alias, name.Length == 0 ? [] : Parameters(signature[(signature.IndexOf('(') + 1)..^1]));
        }

        return tools.Length > 0 ? new ToolQuestion(tools, request.ToString()) : null;
    }

    /// <summary>Reads what the functions of a question are called, which is all that a choice among them needs.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null when it has another form.</returns>
    internal static (string Name, string? Alias)[]? ReadNames(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        var names = new (string, string?)[Count(ref rest, out _)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Name(Next(ref rest));
        }

        return names.Length > 0 ? names : null;
    }

    /// <summary>Reads a call such as <c>buy(3,eggs)</c>.</summary>
    /// <param name="answer">A final answer.</param>
    /// <returns>Name and arguments; null when it is no call.</returns>
    public static (string Name, IReadOnlyList<string> Arguments)? Call(string? answer)
    {
        Match call = CallForm().Match((answer ?? "").Trim());
        return call.Success ? (call.Groups["name"].Value, [.. call.Groups["arguments"].Value.Split(',').Select(argument => argument.Trim())]) : null;
    }

    // How many functions a line offers, and what follows them; 0 where it has another form. The line's beginning is taken off.
    private static int Count(ref ReadOnlySpan<char> line, out ReadOnlySpan<char> request)
    {
        request = default;
        if (!Skip(ref line, Opening))
        {
            return 0;
        }

        int count = 0;
        ReadOnlySpan<char> rest = line;
        while (!Next(ref rest).IsEmpty)
        {
            count++;
        }

        if (!Skip(ref rest, Middle) || rest.IsEmpty || char.IsWhiteSpace(rest[0]) || rest.Contains('\n'))
        {
            return 0;
        }

        request = rest;
        return count;
    }

    // Takes the next function off a line; empty where there is none.
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> signature = line[..SignatureLength(line)];
        line = line[signature.Length..];
        _ = signature.Length > 0 && Skip(ref line, " ");
        return signature;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, string start)
    {
        bool starts = text.StartsWith(start, StringComparison.Ordinal);
        text = starts ? text[start.Length..] : text;
        return starts;
    }

    // Letters and equal signs, then parameters in parentheses: the length of both; 0 where the text starts otherwise.
    private static int SignatureLength(ReadOnlySpan<char> text)
    {
        int open = 0;
        while (open < text.Length && (IsWord(text[open]) || text[open] == '='))
        {
            open++;
        }

        int close = open + 1;
        while (close < text.Length && (IsWord(text[close]) || text[close] is ',' or ' '))
        {
            close++;
        }

        return open > 0 && close < text.Length && text[open] == '(' && text[close] == ')' ? close + 1 : 0;
    }

    // One that is not of the form alias=name(parameters) has the empty name, which fits no call.
    private static (string Name, string? Alias) Name(ReadOnlySpan<char> signature)
    {
        ReadOnlySpan<char> name = signature[..signature.IndexOf('(')];
        int alias = name.IndexOf('=');
        return alias == 0 || alias == name.Length - 1 || name.LastIndexOf('=') != alias ? ("", null) : (name[(alias + 1)..].ToString(), alias < 0 ? null : name[..alias].ToString());
    }

    private static string[] Parameters(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Range part in text.Split(','))
        {
            count += text[part].IsWhiteSpace() ? 0 : 1;
        }

        var parameters = new string[count];
        count = 0;
        foreach (Range part in text.Split(','))
        {
            if (!text[part].IsWhiteSpace())
            {
                parameters[count++] = text[part].Trim().ToString();
            }
        }

        return parameters;
    }

    // What \w of a regular expression is.
    private static bool IsWord(char unit) => char.IsAsciiLetterOrDigit(unit) || unit == '_' || (!char.IsAscii(unit) && (char.IsLetter(unit)
        || char.GetUnicodeCategory(unit) is UnicodeCategory.NonSpacingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation));

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>[^()]*)\)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallForm();
}
