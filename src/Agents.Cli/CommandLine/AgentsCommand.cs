using System.Collections.Immutable;
using System.CommandLine;
using Agents.Cli.Output;

namespace Agents.Cli.CommandLine;

/// <summary>Base of all commands: examples for the help text, one console, errors turned into one line and an exit code.</summary>
internal abstract class AgentsCommand : Command
{
    /// <summary>Creates a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, one sentence.</param>
    protected AgentsCommand(string name, string description)
        : base(name, description)
    {
        SetAction(InvokeAsync);
    }

    /// <summary>Gets the examples of the help text.</summary>
    public ImmutableArray<CommandExample> Examples { get; init; } = [];

    /// <summary>Does the work.</summary>
    /// <param name="arguments">The parsed command line.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="cancellationToken">Set by Ctrl-C.</param>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken);

    private async Task<int> InvokeAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        CommandConsole console = new(
            arguments.InvocationConfiguration.Output,
            arguments.InvocationConfiguration.Error,
            Options.Contains(SharedOptions.Json) && arguments.GetValue(SharedOptions.Json),
            arguments.GetValue(SharedOptions.Verbose));
        try
        {
            return await RunAsync(arguments, console, cancellationToken).ConfigureAwait(false);
        }
        catch (OutOfMemoryException error)
        {
            console.Note("error: Not enough memory. " + error.Message);
            return ExitCode.Failed;
        }
#pragma warning disable CA1031 // The edge of the process: every error becomes one line and an exit code.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return ErrorReport.Write(console, error);
        }
    }
}
