using System.CommandLine;

namespace Agents.Cli.CommandLine;

/// <summary>Arguments of free text. A misspelt option must not be taken for the text.</summary>
internal static class TextArgument
{
    /// <summary>Creates a required argument.</summary>
    /// <param name="name">Its name in the help.</param>
    /// <param name="description">What it is.</param>
    public static Argument<string> Create(string name, string description)
    {
        Argument<string> argument = new(name) { Description = description };
        argument.Validators.Add(static result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (token.Value.StartsWith("--", StringComparison.Ordinal) && token.Value.Length > 2 && char.IsAsciiLetter(token.Value[2]) && !token.Value.Contains(' '))
                {
                    result.AddError(UsageReport.Unrecognized + token.Value + "'.");
                }
            }
        });
        return argument;
    }
}
