using System.CommandLine;
using System.CommandLine.Parsing;
using Agents.Cli.Output;

namespace Agents.Cli.CommandLine;

/// <summary>Reports a wrong command line in one line, with what may have been meant.</summary>
internal static class UsageReport
{
    /// <summary>How a message about an unknown word begins.</summary>
    public const string Unrecognized = "Unrecognized command or argument '";

    /// <summary>Writes the report.</summary>
    /// <param name="result">The failed parse.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code.</returns>
    public static int Write(ParseResult result, TextWriter error)
    {
        Command command = result.CommandResult.Command;
        string path = PathOf(result.CommandResult);
        IEnumerable<string> messages = result.Errors.Select(failure => WithSuggestion(failure.Message, result)).Distinct();

        // A word that is not understood comes with follow-up errors ("required command was not provided"); the first cause is the useful one.
        string message = messages.OrderByDescending(text => text.StartsWith(Unrecognized, StringComparison.Ordinal)).First();
        string list = command.Subcommands.Count > 0 && message.StartsWith("Required command", StringComparison.Ordinal)
            ? " Commands: " + string.Join(", ", command.Subcommands.Select(sub => sub.Name)) + "."
            : "";
        error.WriteLine($"error: {message}{list} See '{path} --help'.");
        return ExitCode.Usage;
    }

    private static string WithSuggestion(string message, ParseResult result)
    {
        if (!message.StartsWith(Unrecognized, StringComparison.Ordinal))
        {
            return message;
        }

        string word = message[Unrecognized.Length..].TrimEnd('.').TrimEnd('\'');
        IEnumerable<string> known = word.StartsWith('-')
            ? Lineage(result.CommandResult).SelectMany(command => command.Options.Where(option => command == result.CommandResult.Command || option.Recursive)).Select(option => option.Name)
            : result.CommandResult.Command.Subcommands.Select(sub => sub.Name);
        IReadOnlyList<string> nearest = NearestNames.Find(word, known);
        return nearest.Count == 0 ? message : $"{message} Did you mean {string.Join(" or ", nearest.Select(name => $"'{name}'"))}?";
    }

    private static string PathOf(CommandResult result) => string.Join(' ', Lineage(result).Reverse().Select(command => command.Name));

    private static IEnumerable<Command> Lineage(CommandResult result)
    {
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
        {
            yield return command.Command;
        }
    }
}
