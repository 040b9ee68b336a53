using System.Text.RegularExpressions;

namespace Agents.Plugins.CodePipeline.Running;

/// <summary>Names of the languages, and how a question gives one away.</summary>
public static partial class Languages
{
    /// <summary>Returns a language's id in settings and prompts.</summary>
    /// <param name="language">The language.</param>
    public static string IdOf(CodeLanguage language) => language switch
    {
        CodeLanguage.Mini => "mini",
        CodeLanguage.Python => "python",
        CodeLanguage.CSharp => "csharp",
        _ => "auto",
    };

    /// <summary>Returns a language's name for people.</summary>
    /// <param name="language">The language.</param>
    public static string NameOf(CodeLanguage language) => language switch
    {
        CodeLanguage.Mini => "the mini-language",
        CodeLanguage.Python => "Python",
        CodeLanguage.CSharp => "C#",
        _ => "an unknown language",
    };

    /// <summary>Returns the language that a question asks for; Python where nothing tells.</summary>
    /// <param name="question">The question.</param>
    public static CodeLanguage Detect(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return MiniHeader().IsMatch(question) ? CodeLanguage.Mini
            : CSharpSigns().IsMatch(question) ? CodeLanguage.CSharp
            : PythonSigns().IsMatch(question) ? CodeLanguage.Python
            : MiniSigns().IsMatch(question) ? CodeLanguage.Mini
            : CodeLanguage.Python;
    }

    // A task of the code family begins with the header of its function.
    [GeneratedRegex(@"^f\([a-z](,[a-z])*\): ", RegexOptions.CultureInvariant)]
    private static partial Regex MiniHeader();

    // A fence or a name decides, then what only one of them writes.
    [GeneratedRegex(@"```(csharp|cs|c#)\b|\bC#(?!\w)|\b(public|static|private|internal)\s+[\w<>\[\],?]+\s+\w+\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CSharpSigns();

    [GeneratedRegex(@"```(python|py)\b|\bpython\b|>>> |^\s*def \w+\s*\(", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PythonSigns();

    [GeneratedRegex(@"```mini\b|\bmini-language\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MiniSigns();
}
