using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Runtime.Datasets;
using Agents.Runtime.Trajectories;

namespace Agents.Cli.Commands;

/// <summary><c>agents data build</c>: training sets from recorded branches.</summary>
internal sealed class DataBuildCommand : AgentsCommand
{
    private static readonly (string Name, DatasetKinds Kind)[] KnownKinds =
        [("sft", DatasetKinds.Supervised), ("preference", DatasetKinds.Preference), ("value", DatasetKinds.Value), ("question", DatasetKinds.Question)];

    private readonly Argument<string[]> _folders = new("FOLDER") { Description = "Folders that --record wrote, or single files of them.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = new("--output", "-o") { Description = "Folder of the training sets.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _kinds = new("--kinds") { Description = "Sets to make: sft, preference, value, question (default: all).", HelpName = "LIST", DefaultValueFactory = static _ => "sft,preference,value,question" };
    private readonly Option<string[]> _strategies = new("--strategy", "-s") { Description = "Take this strategy only. Can be repeated.", HelpName = "ID", DefaultValueFactory = static _ => [] };
    private readonly Option<string[]> _roles = new("--role") { Description = "Take texts of this model role only (default, verifier, refiner, ...). Can be repeated.", HelpName = "ROLE", DefaultValueFactory = static _ => [] };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "Take this model only.", HelpName = "NAME" };
    private readonly Option<string?> _generation = new("--generation") { Description = "Take weights whose hash begins like this only.", HelpName = "HASH" };
    private readonly Option<string?> _source = new("--source") { Description = "Take requests of this source only: eval, ask, chat or application.", HelpName = "NAME" };
    private readonly Option<double?> _minimumValue = NumberOption.Real("--min-value", "A text is positive when its value lies strictly above (default 0.5).", 0);
    private readonly Option<double?> _minimumGap = NumberOption.Real("--min-gap", "Pair siblings whose values differ by at least this, instead of positive and negative ones.", 0, exclusive: true);
    private readonly Option<string?> _since = new("--since") { Description = "Take requests that ended at this time or later, for example 2026-11-01.", HelpName = "TIME" };
    private readonly Option<int?> _maxPairs = NumberOption.Whole("--max-pairs", "Most pairs per prompt (default: all).", 1);
    private readonly Option<int?> _maxPairsPerQuestion = NumberOption.Whole("--max-pairs-per-question", "Most pairs per question and role (default: all).", 1);
    private readonly Option<bool> _merge = new("--merge-identical") { Description = "Identical texts with different values count as one text with their mean, instead of being dropped." };
    private readonly Option<string[]> _excluded = new("--exclude-evaluation")
    {
        Description = "Leave these questions out: task:FAMILY or task:all, with @SEED,SEED for other sets than that of seed 0, or a JSONL file. Can be repeated.",
        HelpName = "SET",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<int?> _overlap = NumberOption.Whole("--overlap-words", "Also leave out questions that share this many words in a row with an excluded one.", 3, 64);
    private readonly Option<bool> _include = new("--include-evaluation-splits") { Description = "Take questions of validation and test splits, too; what is trained on them cannot be evaluated on them." };

    public DataBuildCommand()
        : base("build", "Makes training sets of recorded branches: sft.jsonl, preference.jsonl, value.jsonl, question.jsonl.")
    {
        Arguments.Add(_folders);
        foreach (Option option in (Option[])
            [_output, _kinds, _strategies, _roles, _model, _generation, _source, _minimumValue, _minimumGap, _since, _maxPairs, _maxPairsPerQuestion, _merge, _excluded, _overlap, _include, SharedOptions.Json])
        {
            Options.Add(option);
        }

        Examples =
        [
            new("agents data build runs/branches --output data/a", "all sets from everything recorded there"),
            new("agents data build runs/tree -o data/verifier --strategy malt-tree --role verifier --max-pairs 4", "one role of a tree"),
            new("agents data build runs/a runs/b -o data/ab --kinds preference --exclude-evaluation task:all@0,1,2 --exclude-evaluation exam.jsonl", "pairs, kept away from evaluation questions"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        DatasetOptions options = new()
        {
            Kinds = Kinds(arguments.GetValue(_kinds)!),
            Strategies = arguments.GetValue(_strategies)!,
            Roles = arguments.GetValue(_roles)!,
            Model = arguments.GetValue(_model),
            Generation = arguments.GetValue(_generation),
            Source = arguments.GetValue(_source),
            Since = Since(arguments.GetValue(_since)),
            MinimumValue = arguments.GetValue(_minimumValue) ?? 0.5,
            MinimumGap = arguments.GetValue(_minimumGap),
            MaximumPairsPerPrompt = arguments.GetValue(_maxPairs),
            MaximumPairsPerQuestion = arguments.GetValue(_maxPairsPerQuestion),
            Conflicts = arguments.GetValue(_merge) ? DatasetConflicts.Merge : DatasetConflicts.Drop,
            IncludeEvaluationSplits = arguments.GetValue(_include),
            Excluded = await EvaluationSets.ReadAsync(arguments.GetValue(_excluded)!, arguments.GetValue(_overlap), cancellationToken).ConfigureAwait(false),
        };
        DatasetBuilder builder = Create(options);
        foreach (string folder in arguments.GetValue(_folders)!)
        {
            await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(folder, cancellationToken).ConfigureAwait(false))
            {
                builder.Add(trajectory);
            }
        }

        Dataset dataset = builder.Build();
        IReadOnlyList<string> files = DatasetFolder.Write(dataset, options.Kinds, arguments.GetValue(_output)!, cancellationToken);
        DataBuildDocument document = new(files, dataset.Report);
        if (console.Json)
        {
            console.WriteJson(document, CliJson.Readable.DataBuildDocument);
        }
        else
        {
            Write(document, console);
        }

        if (dataset.Sets.Any(set => set.Lines.Count > 0))
        {
            return ExitCode.Done;
        }

        console.Note("error: All sets are empty; the counts say why. Texts need a value: record with 'agents eval --record', whose verifier judges every branch.");
        return ExitCode.Failed;
    }

    private static DatasetBuilder Create(DatasetOptions options)
    {
        try
        {
            return new DatasetBuilder(options);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message, error);
        }
    }

    private static DatasetKinds Kinds(string list)
    {
        DatasetKinds kinds = DatasetKinds.None;
        foreach (string name in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            (string Name, DatasetKinds Kind) known = KnownKinds.FirstOrDefault(known => known.Name == name);
            kinds |= known.Name is not null ? known.Kind : throw new UsageException($"There is no kind of set '{name}'. {NearestNames.Describe(name, [.. KnownKinds.Select(kind => kind.Name)])}");
        }

        return kinds;
    }

    private static DateTimeOffset? Since(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw new UsageException($"--since '{text}' is no time; write for example 2026-11-01 or 2026-11-01T18:00Z.");

    private static void Write(DataBuildDocument document, CommandConsole console)
    {
        DatasetReport report = document.Report;
        console.Output.WriteLine($"{report.Trajectories} trajectories read, {report.Used} used, {report.Texts} texts");
        foreach ((string title, IReadOnlyDictionary<string, int> counts) in new[] { ("lines", report.LinesByRole), ("trajectories left out", report.TrajectoriesLeftOut), ("texts dropped", report.TextsDropped), ("pairs dropped", report.PairsDropped) })
        {
            if (counts.Count > 0)
            {
                console.Output.WriteLine($"{title}: {string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"))}");
            }
        }

        foreach (string file in document.Files)
        {
            console.Output.WriteLine(file);
        }
    }
}
