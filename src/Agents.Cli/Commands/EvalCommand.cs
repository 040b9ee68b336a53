using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Evaluation.Harness;
using Agents.Evaluation.Tasks;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Spectre.Console;

namespace Agents.Cli.Commands;

/// <summary><c>agents eval</c>: accuracy of strategies on tasks, with intervals, costs and paired comparisons.</summary>
internal sealed class EvalCommand : AgentsCommand
{
    private const int EndpointConcurrency = 4;
    private readonly Option<string> _task = new("--task", "-t")
    {
        Description = $"A built-in task ({string.Join(", ", TaskFamilies.All.Select(family => family.Id))}), all, or a JSONL file of question and answer.",
        HelpName = "TASK",
        Required = true,
    };

    private readonly Option<string[]> _strategies = new("--strategy", "-s")
    {
        Description = "Id of a strategy; repeat it to compare several with the first.",
        HelpName = "ID",
        DefaultValueFactory = static _ => ["direct"],
    };

    private readonly Option<int?> _limit = NumberOption.Whole("--limit", "Questions per task (default: 100 of a built-in task, all of a file).", 1);
    private readonly Option<string> _split = new("--split") { Description = "Split of a built-in task: train, validation or test.", HelpName = "SPLIT", DefaultValueFactory = static _ => "test" };
    private readonly Option<int?> _repeats = NumberOption.Whole("--repeats", "Answers per question (default 1).", 1, 1000);
    private readonly Option<int?> _concurrency = NumberOption.Whole("--concurrency", "Questions at the same time (default: 1, or 4 for an endpoint). Answers do not depend on it.", 1, 256);
    private readonly Option<string?> _out = new("--out") { Description = "Folder of journals: every answer is kept, and the same command goes on where it was stopped.", HelpName = "FOLDER" };
    private readonly RequestOptions _request = new();

    public EvalCommand()
        : base("eval", "Measures the accuracy of strategies on a task.")
    {
        foreach (Option option in (Option[])[_task, _strategies, SharedOptions.Model, _limit, _split, _repeats, _concurrency, _out])
        {
            Options.Add(option);
        }

        _request.AddTo(this);
        Options.Add(SharedOptions.Retries);
        Options.Add(SharedOptions.Adapter);
        Options.Add(SharedOptions.Record);
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Prompts);
        Options.Add(SharedOptions.Json);
        Examples =
        [
            new("agents eval --task arithmetic --strategy direct --limit 500", "accuracy with its 95 % interval"),
            new("agents eval --task all --strategy direct --strategy self-consistency --samples 4 --out runs/a", "compare two strategies on all tasks, resumable"),
            new("agents eval --task arithmetic --split train --strategy self-consistency --record runs/branches", "record all branches with verdicts, for 'agents data build'"),
            new("agents eval --task questions.jsonl --model openai:qwen3@http://127.0.0.1:8080/v1 --json", "your own questions and your own server"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string[] strategies = [.. arguments.GetValue(_strategies)!.Distinct()];
        StrategyOptions options = RequestOptions.ReadStrategy(arguments);
        Budgets.Budget budget = _request.ReadBudget(arguments);
        ulong seed = arguments.GetValue(SharedOptions.Seed);
        IReadOnlyList<(string Name, IReadOnlyList<TaskItem> Items)> tasks = await EvaluationTasks.FindAsync(
            arguments.GetValue(_task)!, EvaluationTasks.ParseSplit(arguments.GetValue(_split)!), arguments.GetValue(_limit), seed, cancellationToken).ConfigureAwait(false);
        string model = arguments.GetValue(SharedOptions.Model)!;
        await using AgentSession session = await AgentSession.CreateAsync(
            arguments.GetValue(SharedOptions.Plugins)!, arguments.GetValue(SharedOptions.Prompts)!, console, cancellationToken, arguments.GetValue(SharedOptions.Record)).ConfigureAwait(false);
        foreach (string strategy in strategies)
        {
            session.RequireStrategy(strategy, options.Settings);
        }

        await session.OpenModelAsync(model, arguments.GetValue(SharedOptions.Retries) ?? SharedOptions.DefaultRetries, cancellationToken, RoleAdapters.Read(arguments.GetValue(SharedOptions.Adapter)!)).ConfigureAwait(false);
        ReasoningRequest request = new() { Options = options, Budget = budget, Models = session.Models };
        string? system = arguments.GetValue(_request.System);
        EvaluationJournals journals = new(arguments.GetValue(_out), $"{session.GenerationId ?? model}|{session.AdapterNames}|{options}|{options.Settings?.GetRawText()}|{budget}|{system}");
        EvaluationBatch batch = new()
        {
            Engine = session.Engine,
            Request = request,
            System = system,
            Journals = journals,
            Repeats = arguments.GetValue(_repeats) ?? 1,
            Concurrency = arguments.GetValue(_concurrency) ?? (Endpoints.Names(model) ? EndpointConcurrency : 1),
        };
        IReadOnlyList<EvaluationRun> runs;
        try
        {
            runs = await ProgressBoard.RunAsync(console, TimeProvider.System, board => batch.RunAsync(tasks, strategies, board, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && arguments.GetValue(_out) is { } folder)
        {
            console.Note($"Stopped. The answers so far are kept in '{folder}'; the same command goes on from there.");
            return ExitCode.Interrupted;
        }

        EvalItem[] results = [.. runs.Select(run => EvalItem.Of(run, session.ModelName, session.GenerationId))];
        EvalComparison[] comparisons = [.. runs
            .GroupBy(run => run.Summary.Task)
            .SelectMany(task => task.Skip(1).Select(run => EvalComparison.Of(task.Key, RunComparison.Of(task.First(), run, seed))))];
        Write(console, results, comparisons);
        return ExitCode.Done;
    }

    private static void Write(CommandConsole console, EvalItem[] results, EvalComparison[] comparisons)
    {
        if (console.Json)
        {
            if (results.Length == 1)
            {
                console.WriteJson(results[0], CliJson.Readable.EvalItem);
            }
            else
            {
                console.WriteJson(new EvalDocument(results, comparisons), CliJson.Readable.EvalDocument);
            }

            return;
        }

        string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
        Table table = new Table().Border(console.IsTerminal ? TableBorder.Rounded : TableBorder.Markdown);
        table.AddColumns("task", "strategy", "n", "accuracy", "95 % interval", "calls/question", "tokens/correct", "seconds/correct", "invalid");
        foreach (EvalItem item in results)
        {
            table.AddRow(
                Markup.Escape(item.Task),
                Markup.Escape(item.Strategy),
                Number(item.Count, "F0"),
                Number(100 * item.Accuracy, "F1") + " %",
                $"{Number(100 * item.Confidence95[0], "F1")} – {Number(100 * item.Confidence95[1], "F1")} %",
                Number(item.CallsPerQuestion, "F2"),
                Number(item.TokensPerCorrect, "F0"),
                Number(item.SecondsPerCorrect, "F2"),
                Number(item.Invalid, "F0"));
        }

        console.Screen.Write(table);
        foreach (EvalComparison comparison in comparisons)
        {
            console.Output.WriteLine(
                $"{comparison.Task}: {comparison.Method} − {comparison.Baseline} = {Number(100 * comparison.Difference, "+0.0;-0.0;0.0")} points "
                + $"[{Number(100 * comparison.Confidence95[0], "F1")}, {Number(100 * comparison.Confidence95[1], "F1")}], n {comparison.Pairs}, "
                + $"p {Number(comparison.McNemar, "0.###")}, detectable {Number(100 * comparison.MinimumDetectableEffect, "F1")} points: {comparison.Verdict}"
                + (comparison.EqualCalls ? "" : " (unequal calls: a gain may be bought)"));
        }
    }
}
