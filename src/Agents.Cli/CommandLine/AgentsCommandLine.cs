using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using Agents.Cli.Commands;

namespace Agents.Cli.CommandLine;

/// <summary>The <c>agents</c> command: all commands, and how a command line becomes an exit code.</summary>
internal static class AgentsCommandLine
{
    /// <summary>How long a command may take to end after Ctrl-C (a training run writes its checkpoint) before the process ends anyway.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>Gets the examples of the first help page.</summary>
    public static ImmutableArray<CommandExample> Examples { get; } =
    [
        new("agents ask \"ann has 12 figs. finds 5 more. gives 3 to bob. how many?\" --strategy self-aggregation", "an answer and how it came about"),
        new("agents plugins list", "the strategies there are"),
        new("agents doctor", "whether everything works here"),
    ];

    /// <summary>Creates all commands.</summary>
    public static RootCommand Create()
    {
        RootCommand root = new("Reasoning agents that learn from what they do: ask, evaluate, train and inspect models in one process.")
        {
            new AskCommand(),
            new ChatCommand(),
            new EvalCommand(),
            new DataCommand(),
            new ReplicateCommand(),
            new TrainCommand(),
            new TokenizeCommand(),
            new GenerateCommand(),
            new ScoreCommand(),
            new QuantizeCommand(),
            new ExportCommand(),
            new BenchCommand(),
            new ModelsCommand(),
            new PluginsCommand(),
            new PromptsCommand(),
            new DoctorCommand(),
        };
        root.Options.Add(SharedOptions.Verbose);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new ExamplesHelpAction(help);
            }
        }

        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The words after the command's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        // Neither bundles of one-letter options nor response files: a question may begin with '-' or '@'.
        ParseResult result = Create().Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (result.Action is ParseErrorAction)
        {
            return UsageReport.Write(result, Console.Error);
        }

        InvocationConfiguration configuration = new()
        {
            Output = Console.Out,
            Error = Console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopTime,
        };
        return await result.InvokeAsync(configuration).ConfigureAwait(false);
    }
}
