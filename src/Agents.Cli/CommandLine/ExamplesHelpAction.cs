using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Agents.Cli.CommandLine;

/// <summary>The ordinary help text, followed by examples and exit codes.</summary>
/// <param name="inner">Writes the ordinary part.</param>
internal sealed class ExamplesHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = inner.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        ImmutableArray<CommandExample> examples = parseResult.CommandResult.Command switch
        {
            AgentsCommand command => command.Examples,
            RootCommand => AgentsCommandLine.Examples,
            _ => [],
        };
        if (!examples.IsDefaultOrEmpty)
        {
            output.WriteLine("Examples:");
            foreach (CommandExample example in examples)
            {
                output.WriteLine($"  {example.Text}");
                output.WriteLine($"      {example.Meaning}");
            }

            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 done, 1 failed (one line on stderr, details with --verbose), 2 wrong usage, 130 stopped by Ctrl-C.");
        return code;
    }
}
