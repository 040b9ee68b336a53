using System.CommandLine;
using System.Globalization;
using Agents.Cli.CommandLine;
using Agents.Cli.Documents;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Replication;
using Agents.Runtime.Replication;
using Agents.Runtime.Replication.Reports;

namespace Agents.Cli.Commands;

/// <summary><c>agents replicate</c>: runs the laptop-scale check of a paper and prints effect, interval and verdict.</summary>
internal sealed class ReplicateCommand : AgentsCommand
{
    private const string List = "list";
    private const int MaximumSeeds = 32;
    private readonly Argument<string> _paper = new("PAPER") { Description = "Number of the paper or id of its strategy, all, or list (default).", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = static _ => List };
    private readonly Option<string> _profile = new("--profile") { Description = "quick (minutes, no verdict) or full (up to an hour, all controls, a verdict).", HelpName = "PROFILE", DefaultValueFactory = static _ => "quick" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Run folder: every observation and adapter is kept, and the same command goes on where it was stopped (default: runs/replications/PAPER-PROFILE).", HelpName = "FOLDER" };
    private readonly Option<int?> _seeds = NumberOption.Whole("--seeds", "How many seeds, counted from 1 (default: 1 in quick runs, 3 in full ones, which need at least 3).", 1, MaximumSeeds);
    private readonly Option<int?> _concurrency = NumberOption.Whole("--concurrency", "Questions at the same time (default 8). Results do not depend on it.", 1, 256);
    private readonly Option<string?> _report = new("--report") { Description = "Folder of reports: Markdown, plot and findings of this run, and a summary of all runs there.", HelpName = "FOLDER" };
    private readonly Option<bool> _fresh = new("--fresh") { Description = "Begin anew: forget what the run folder holds." };

    public ReplicateCommand()
        : base("replicate", "Runs a paper's laptop-scale check with its controls: effect, interval, verdict.")
    {
        Arguments.Add(_paper);
        foreach (Option option in (Option[])[_profile, _output, _seeds, SharedOptions.Model, _concurrency, _report, _fresh, SharedOptions.Plugins, SharedOptions.Prompts, SharedOptions.Json])
        {
            Options.Add(option);
        }

        Examples =
        [
            new("agents replicate", "which papers can be replicated"),
            new("agents replicate 51", "a quick look: everything runs, no verdict"),
            new("agents replicate 51 --profile full --report docs/replications", "the whole check; stop and repeat it to go on"),
            new("agents replicate all --profile quick --json", "all papers, as one JSON document"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        ReplicationProfile profile = ParseProfile(arguments.GetValue(_profile)!);
        int? seeds = arguments.GetValue(_seeds);
        if (profile == ReplicationProfile.Full && seeds < LaboratoryOptions.FullSeeds)
        {
            throw new UsageException($"--seeds is {seeds}, but a full run needs at least {LaboratoryOptions.FullSeeds}; the quick profile runs with fewer and gives no verdict.");
        }

        await using AgentSession session = await AgentSession.CreateAsync(
            arguments.GetValue(SharedOptions.Plugins)!, arguments.GetValue(SharedOptions.Prompts)!, console, cancellationToken).ConfigureAwait(false);
        using Replications replications = Replications.Of(session.Features);
        string paper = arguments.GetValue(_paper)!;
        if (paper == List)
        {
            WriteList(console, replications);
            return ExitCode.Done;
        }

        IReadOnlyList<IReplication> chosen = replications.Find(paper);
        string model = arguments.GetValue(SharedOptions.Model)!;
        if (Endpoints.Names(model))
        {
            throw new UsageException($"'{model}' is a model behind an endpoint; a replication trains adapters and scores tokens, so it needs one that runs here: tiny, a .gguf file, or a folder.");
        }

        (IReplication Replication, string Folder)[] runs = [.. chosen.Select(one => (one, ReplicationFolders.PathOf(arguments.GetValue(_output), one.Info, ProfileName(profile), chosen.Count > 1)))];
        await session.OpenModelAsync(model, 0, cancellationToken).ConfigureAwait(false);
        List<ReplicateDocument> documents = [];
        foreach ((IReplication replication, string folder) in runs)
        {
            if (arguments.GetValue(_fresh))
            {
                ReplicationFolders.Clear(folder);
            }

            try
            {
                ReplicationResult result = await ProgressBoard.RunAsync(console, TimeProvider.System, board => ReplicationRunner.RunAsync(
                    replication, session.Local!, session.Client, session.Features, session.Prompts, Settings(arguments, profile, folder, new ReplicationBoard(board, console)), cancellationToken)).ConfigureAwait(false);
                FindingsDocument findings = FindingsDocument.Of(result);
                string? report = arguments.GetValue(_report) is { } reports ? ReportFolder.Write(reports, findings) : null;
                documents.Add(ReplicateDocument.Of(result, findings, report));
                Write(console, documents[^1]);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                console.Note($"Stopped. What was seen so far is kept in '{folder}'; the same command goes on from there.");
                return ExitCode.Interrupted;
            }
        }

        if (console.Json && chosen.Count == 1 && paper != Replications.All)
        {
            console.WriteJson(documents[0], CliJson.Readable.ReplicateDocument);
        }
        else if (console.Json)
        {
            console.WriteJson(new ItemsDocument<ReplicateDocument>([.. documents]), CliJson.Readable.Replicated);
        }

        return ExitCode.Done;
    }

    private LaboratoryOptions Settings(ParseResult arguments, ReplicationProfile profile, string folder, IProgress<LaboratoryProgress> progress)
    {
        LaboratoryOptions options = new()
        {
            Folder = folder,
            Profile = profile,
            Seeds = arguments.GetValue(_seeds) is { } count ? [.. Enumerable.Range(1, count).Select(seed => (ulong)seed)] : null,
            Progress = progress,
        };
        return arguments.GetValue(_concurrency) is { } concurrency ? options with { Concurrency = concurrency } : options;
    }

    private static ReplicationProfile ParseProfile(string text) => text switch
    {
        "quick" => ReplicationProfile.Quick,
        "full" => ReplicationProfile.Full,
        _ => throw new UsageException($"There is no profile '{text}'. {NearestNames.Describe(text, ["quick", "full"])}"),
    };

    private static string ProfileName(ReplicationProfile profile) => profile == ReplicationProfile.Full ? "full" : "quick";

    private static void WriteList(CommandConsole console, Replications replications)
    {
        ReplicationItem[] items = [.. replications.Known.Select(one => new ReplicationItem(one.Info.Paper, one.Info.Name, one.Info.Title, one.Info.Claim, one.Info.Metric))];
        if (console.Json)
        {
            console.WriteJson(new ItemsDocument<ReplicationItem>(items), CliJson.Readable.Replications);
            return;
        }

        foreach (ReplicationItem item in items)
        {
            console.Output.WriteLine($"{item.Paper,-4} {item.Name,-24} {item.Title}");
            console.Output.WriteLine($"     {item.Claim}");
        }

        if (items.Length == 0)
        {
            console.Note("No plugin offers a replication.");
        }
    }

    private static void Write(CommandConsole console, ReplicateDocument document)
    {
        if (console.Json)
        {
            return;
        }

        console.Output.WriteLine($"{document.Paper}  {document.Title}");
        console.Output.WriteLine(
            $"{document.Metric}: {document.Method} − {document.Baseline} = {ReportText.Signed(document.Difference)} "
            + $"[{ReportText.Number(document.Confidence95[0])}, {ReportText.Number(document.Confidence95[1])}], detectable {ReportText.Number(document.MinimumDetectableEffect)}");
        foreach (FindingCheck check in document.Checks)
        {
            console.Output.WriteLine($"  {(check.Holds switch { true => "holds      ", false => "FAILS      ", null => "cannot tell" })}  {check.Statement}: {check.Figures}");
        }

        console.Output.WriteLine($"verdict: {ReportText.Verdict(document.Verdict)}. {document.Explanation}");
        console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{document.Seconds / 60:0.0} minutes, {document.Output}{(document.Report is null ? "" : ", report " + document.Report)}"));
    }
}
