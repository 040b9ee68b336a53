using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Runtime.Trajectories;
using Spectre.Console;

namespace Agents.Cli.Commands;

/// <summary><c>agents data stats</c>: what a folder of recorded trajectories holds.</summary>
internal sealed class DataStatsCommand : AgentsCommand
{
    private readonly Argument<string[]> _folders = new("FOLDER") { Description = "Folders that --record wrote, or single files of them.", Arity = ArgumentArity.OneOrMore };

    public DataStatsCommand()
        : base("stats", "Counts recorded trajectories by strategy, model and source.")
    {
        Arguments.Add(_folders);
        Options.Add(SharedOptions.Json);
        Examples = [new("agents data stats runs/branches", "what was recorded, and how much of it was right")];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        Dictionary<(string Strategy, string? Model, string Source), Tally> tallies = [];
        foreach (string folder in arguments.GetValue(_folders)!)
        {
            await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(folder, cancellationToken).ConfigureAwait(false))
            {
                (string, string?, string) key = (trajectory.Strategy, trajectory.Model, trajectory.Source);
                if (!tallies.TryGetValue(key, out Tally? tally))
                {
                    tallies[key] = tally = new Tally();
                }

                tally.Add(trajectory);
            }
        }

        TrajectoryItem[] items = [.. tallies
            .OrderBy(tally => tally.Key.Strategy, StringComparer.Ordinal).ThenBy(tally => tally.Key.Model, StringComparer.Ordinal).ThenBy(tally => tally.Key.Source, StringComparer.Ordinal)
            .Select(tally => tally.Value.Describe(tally.Key.Strategy, tally.Key.Model, tally.Key.Source))];
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<TrajectoryItem>(items), CliJson.Readable.Trajectories);
            return ExitCode.Done;
        }

        Table table = new Table().Border(console.IsTerminal ? TableBorder.Rounded : TableBorder.Markdown);
        table.AddColumns("strategy", "model", "source", "requests", "questions", "calls", "answers right", "texts right");
        foreach (TrajectoryItem item in items)
        {
            table.AddRow(
                [.. new[]
                {
                    item.Strategy, item.Model ?? "-", item.Source, Number(item.Trajectories), Number(item.Questions), Number(item.Calls),
                    $"{item.AnswersRight} of {item.AnswersJudged}", $"{item.Right} of {item.Judged}",
                }.Select(cell => new Markup(Markup.Escape(cell)))]);
        }

        console.Screen.Write(table);
        return ExitCode.Done;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Tally
    {
        private readonly HashSet<string> _questions = new(StringComparer.Ordinal);
        private int _trajectories;
        private long _calls;
        private int _judged;
        private int _right;
        private int _answersJudged;
        private int _answersRight;
        private DateTimeOffset _first = DateTimeOffset.MaxValue;
        private DateTimeOffset _last = DateTimeOffset.MinValue;

        public void Add(Trajectory trajectory)
        {
            _trajectories++;
            _questions.Add(trajectory.Task.Question);
            _calls += trajectory.Usage.Calls;
            _judged += trajectory.Nodes.Count(node => node.Reward is not null);
            _right += trajectory.Nodes.Count(node => node.Reward >= 1);
            _answersJudged += trajectory.Answer?.Correct is null ? 0 : 1;
            _answersRight += trajectory.Answer?.Correct == true ? 1 : 0;
            _first = trajectory.Time < _first ? trajectory.Time : _first;
            _last = trajectory.Time > _last ? trajectory.Time : _last;
        }

        public TrajectoryItem Describe(string strategy, string? model, string source) =>
            new(strategy, model, source, _trajectories, _questions.Count, _calls, _judged, _right, _answersJudged, _answersRight, _first, _last);
    }
}
