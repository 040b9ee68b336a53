using System.Text;

namespace Agents.Cli.Output;

/// <summary>Turns an error into the one line that people read, and into an exit code.</summary>
internal static class ErrorReport
{
    /// <summary>Writes an error to standard error.</summary>
    /// <param name="console">The console.</param>
    /// <param name="error">What happened.</param>
    /// <returns>The exit code.</returns>
    public static int Write(CommandConsole console, Exception error)
    {
        if (error is OperationCanceledException)
        {
            console.Note("Stopped.");
            return ExitCode.Interrupted;
        }

        console.Note("error: " + OneLine(Describe(error)));
        if (console.Verbose)
        {
            console.Note(error.ToString());
        }
        else if (!IsExpected(error))
        {
            console.Note("This is unexpected; run again with --verbose for details.");
        }

        return error is UsageException ? ExitCode.Usage : ExitCode.Failed;
    }

    private static string Describe(Exception error) => error switch
    {
        FileNotFoundException { FileName: { Length: > 0 } file } when !error.Message.Contains(file, StringComparison.Ordinal) => $"{error.Message} ({file})",
        AggregateException { InnerExceptions: [Exception only] } => Describe(only),
        ArgumentException { ParamName: { Length: > 0 } name } => error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        _ when IsExpected(error) => error.Message,
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    /// <summary>Errors whose message was written for the user.</summary>
    private static bool IsExpected(Exception error) =>
        error is AgentsException or ArgumentException or IOException or UnauthorizedAccessException or HttpRequestException or TimeoutException
        || (error is AggregateException { InnerExceptions: [Exception only] } && IsExpected(only));

    private static string OneLine(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (string part in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            line.Append(line.Length == 0 ? "" : " ").Append(part);
        }

        return line.ToString();
    }
}
