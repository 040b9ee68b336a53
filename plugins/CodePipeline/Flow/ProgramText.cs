using System.Text.RegularExpressions;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>Takes the program out of a coder's reply.</summary>
public static partial class ProgramText
{
    /// <summary>Returns the longest fenced block; the whole visible text where there is none. A fence that never closes ends with the text.</summary>
    /// <param name="reply">The reply.</param>
    public static string Of(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        string text = VisibleText.Of(reply).ReplaceLineEndings("\n");
        string longest = "";
        bool fenced = false;
        foreach (Match block in Fence().Matches(text))
        {
            fenced = true;
            string body = block.Groups["body"].Value.Trim('\n').TrimEnd();
            longest = body.Length > longest.Length ? body : longest;
        }

        return fenced ? longest : text;
    }

    [GeneratedRegex(@"^[ \t]*```[^\n`]*\n(?<body>.*?)(?:^[ \t]*```[ \t]*$|\z)", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();
}
