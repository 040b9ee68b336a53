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

    /// <summary>Gets whether no function and no alias is offered twice, so that a call means one of them.</summary>
    public bool IsUnambiguous =>
        Tools.Select(tool => tool.Callable).Distinct(StringComparer.Ordinal).Count() == Tools.Count && Tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() == Tools.Count;

    /// <summary>Reads a question.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null when it has another form.</returns>
    public static ToolQuestion? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match line = Line().Match(text.Trim());
        return line.Success ? new ToolQuestion([.. line.Groups["tool"].Captures.Select(tool => Signature(tool.Value))], line.Groups["request"].Value.Trim()) : null;
    }

    /// <summary>Reads a call such as <c>buy(3,eggs)</c>.</summary>
    /// <param name="answer">A final answer.</param>
    /// <returns>Name and arguments; null when it is no call.</returns>
    public static (string Name, IReadOnlyList<string> Arguments)? Call(string? answer)
    {
        Match call = CallForm().Match((answer ?? "").Trim());
        return call.Success ? (call.Groups["name"].Value, [.. call.Groups["arguments"].Value.Split(',').Select(argument => argument.Trim())]) : null;
    }

    private static ToolSignature Signature(string text)
    {
        Match parts = SignatureForm().Match(text);
        string alias = parts.Groups["alias"].Value;
        return new ToolSignature(parts.Groups["name"].Value, alias.Length > 0 ? alias : null, parts.Groups["parameters"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    [GeneratedRegex(@"^tools: (?:(?<tool>[\w=]+\([\w, ]*\)) ?)+\. user: (?<request>\S[^\n]*)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?:(?<alias>\w+)=)?(?<name>\w+)\((?<parameters>[\w, ]*)\)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SignatureForm();

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>[^()]*)\)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallForm();
}
