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
    public static ToolQuestion? Read(string text) => Read(text, parameters: true);

    /// <summary>Reads a question without the parameters of its functions, which a choice among them does not need.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null when it has another form.</returns>
    internal static ToolQuestion? ReadNames(string text) => Read(text, parameters: false);

    private static ToolQuestion? Read(string text, bool parameters)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (!Skip(ref rest, Opening))
        {
            return null;
        }

        List<ToolSignature> tools = new(4);
        while (SignatureLength(rest) is > 0 and int length)
        {
            tools.Add(Signature(rest[..length], parameters));
            rest = rest[length..];
            Skip(ref rest, " ");
        }

        return tools.Count > 0 && Skip(ref rest, Middle) && rest.Length > 0 && !char.IsWhiteSpace(rest[0]) && !rest.Contains('\n') ? new ToolQuestion(tools, rest.ToString()) : null;
    }

    /// <summary>Reads a call such as <c>buy(3,eggs)</c>.</summary>
    /// <param name="answer">A final answer.</param>
    /// <returns>Name and arguments; null when it is no call.</returns>
    public static (string Name, IReadOnlyList<string> Arguments)? Call(string? answer)
    {
        Match call = CallForm().Match((answer ?? "").Trim());
        return call.Success ? (call.Groups["name"].Value, [.. call.Groups["arguments"].Value.Split(',').Select(argument => argument.Trim())]) : null;
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
    private static ToolSignature Signature(ReadOnlySpan<char> text, bool parameters)
    {
        int open = text.IndexOf('(');
        ReadOnlySpan<char> name = text[..open];
        int alias = name.IndexOf('=');
        return alias == 0 || alias == name.Length - 1 || name.LastIndexOf('=') != alias
            ? new ToolSignature("", null, [])
            : new ToolSignature(name[(alias + 1)..].ToString(), alias < 0 ? null : name[..alias].ToString(), parameters ? Parameters(text[(open + 1)..^1]) : []);
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
