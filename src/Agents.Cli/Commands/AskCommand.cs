using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Cli.Commands;

/// <summary><c>agents ask</c>: answers one question with a strategy and shows how.</summary>
internal sealed class AskCommand : AgentsCommand
{
    private readonly Argument<string> _question = TextArgument.Create("QUESTION", "The question; - reads it from standard input.");
    private readonly Option<string> _strategy = new("--strategy", "-s") { Description = "Id of the strategy (see 'agents plugins list').", HelpName = "ID", DefaultValueFactory = static _ => "direct" };
    private readonly RequestOptions _request = new();

    public AskCommand()
        : base("ask", "Answers a question and shows how the answer came about.")
    {
        Arguments.Add(_question);
        Options.Add(_strategy);
        Options.Add(SharedOptions.Model);
        _request.AddTo(this);
        Options.Add(SharedOptions.Retries);
        Options.Add(SharedOptions.Adapter);
        Options.Add(SharedOptions.Record);
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents ask \"ann has 12 figs. finds 5 more. gives 3 to bob. how many?\"", "one call of the embedded model"),
            new("agents ask \"...\" --strategy self-aggregation --samples 5 --seed 7", "five attempts, then one answer made of them"),
            new("agents ask - --model openai:qwen3@http://127.0.0.1:8080/v1 --json < question.txt", "question from a file, model behind an endpoint, trace as JSON"),
            new("agents ask \"...\" --strategy self-consistency --budget-calls 3 --budget-seconds 10", "at most three calls and ten seconds"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string strategy = arguments.GetValue(_strategy)!;
        StrategyOptions options = RequestOptions.ReadStrategy(arguments);
        Budgets.Budget budget = _request.ReadBudget(arguments);
        string question = await ReadQuestionAsync(arguments.GetValue(_question)!, cancellationToken).ConfigureAwait(false);
        await using AgentSession session = await AgentSession.CreateAsync(
            arguments.GetValue(SharedOptions.Plugins)!, arguments.GetValue(SharedOptions.Prompts)!, console, cancellationToken, arguments.GetValue(SharedOptions.Record)).ConfigureAwait(false);
        session.RequireStrategy(strategy, options.Settings);
        await session.OpenModelAsync(arguments.GetValue(SharedOptions.Model)!, arguments.GetValue(SharedOptions.Retries) ?? SharedOptions.DefaultRetries, cancellationToken, RoleAdapters.Read(arguments.GetValue(SharedOptions.Adapter)!)).ConfigureAwait(false);
        List<ChatMessage> messages = arguments.GetValue(_request.System) is { Length: > 0 } system ? [new ChatMessage(ChatRole.System, system)] : [];
        messages.Add(new ChatMessage(ChatRole.User, question));
        ReasoningRequest request = new() { Options = options, Budget = budget, Models = session.Models, Provenance = new RequestProvenance { Source = "ask" } };
        ReasoningResult result = await AnswerWriter
            .RunAsync(session.Engine.StreamAsync(strategy, new ReasoningTask(messages), request, cancellationToken), console)
            .ConfigureAwait(false);
        if (console.Json)
        {
            console.WriteJson(AnswerWriter.Describe(result), CliJson.Readable.AskDocument);
        }
        else
        {
            console.Output.WriteLine();
            TraceTree.Draw(console.Screen, result.Trace);
            AnswerWriter.WriteSummary(result, console);
        }

        if (result.Answer is not null)
        {
            return ExitCode.Done;
        }

        console.Note("error: " + AnswerWriter.MissingAnswer(result));
        return ExitCode.Failed;
    }

    private static async Task<string> ReadQuestionAsync(string argument, CancellationToken cancellationToken)
    {
        string question = argument == "-" ? (await StandardInput.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim() : argument;
        return string.IsNullOrWhiteSpace(question) ? throw new UsageException("The question is empty.") : question;
    }
}
