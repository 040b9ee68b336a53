using Agents.Cli.Output;
using Agents.Evaluation.Harness;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Runtime.Reasoning;

namespace Agents.Cli.Sessions;

/// <summary>Runs strategies over tasks, one evaluation after the other.</summary>
internal sealed class EvaluationBatch
{
    private readonly EvaluationHarness _harness = new(new ReferenceVerifier());

    /// <summary>Gets the engine.</summary>
    public required ReasoningEngine Engine { get; init; }

    /// <summary>Gets options, budget and models of every request.</summary>
    public required ReasoningRequest Request { get; init; }

    /// <summary>Gets the system message; null for none.</summary>
    public required string? System { get; init; }

    /// <summary>Gets where answers are kept.</summary>
    public required EvaluationJournals Journals { get; init; }

    /// <summary>Gets the answers per question.</summary>
    public required int Repeats { get; init; }

    /// <summary>Gets how many questions are answered at the same time.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Runs every strategy on every task.</summary>
    /// <param name="tasks">Names and questions.</param>
    /// <param name="strategies">Ids.</param>
    /// <param name="board">Told how far the work is.</param>
    /// <param name="cancellationToken">Ends the work; journals keep the answers so far.</param>
    /// <returns>The runs, task by task, then those over all tasks together when there are several.</returns>
    public async Task<IReadOnlyList<EvaluationRun>> RunAsync(
        IReadOnlyList<(string Name, IReadOnlyList<TaskItem> Items)> tasks, IReadOnlyList<string> strategies, ProgressBoard board, CancellationToken cancellationToken)
    {
        List<EvaluationRun> runs = [];
        foreach ((string name, IReadOnlyList<TaskItem> items) in tasks)
        {
            foreach (string strategy in strategies)
            {
                EvaluationOptions options = new()
                {
                    Task = name,
                    Strategy = strategy,
                    Seed = Request.Options.Seed,
                    SamplesPerQuestion = Repeats,
                    MaximumConcurrency = Concurrency,
                    JournalPath = Journals.PathOf(name, strategy),
                };
                int total = items.Count * Repeats;
                board.Begin($"{name} {strategy}", total);
                StrategyAnswerer answerer = new(Engine, strategy, Request, System);
                runs.Add(await _harness.RunAsync(items, answerer, options, new BoardProgress(board, total), cancellationToken).ConfigureAwait(false));
            }
        }

        return tasks.Count == 1 ? runs : [.. runs, .. strategies.Select(strategy => Pool(strategy, runs))];
    }

    /// <summary>All tasks together; ids of questions differ between tasks.</summary>
    private static EvaluationRun Pool(string strategy, IReadOnlyList<EvaluationRun> runs)
    {
        EvaluationRun[] own = [.. runs.Where(run => run.Summary.Strategy == strategy)];
        EvaluationRow[] rows = [.. own.SelectMany(run => run.Rows)];
        return new EvaluationRun(EvaluationSummary.Of(EvaluationTasks.All, strategy, rows), rows, own.Sum(run => run.Resumed));
    }

    /// <summary>Reports at once and in order, unlike the built-in class, which posts to the thread pool.</summary>
    private sealed class BoardProgress(ProgressBoard board, int total) : IProgress<int>
    {
        public void Report(int value) => board.Report(value, total);
    }
}
