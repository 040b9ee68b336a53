using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agents.Cli.Tests.Harness;
using Agents.Runtime.Tests.Plugins;

namespace Agents.Cli.Tests.Commands;

/// <summary><c>agents replicate</c> with a plugin of two toys: paper 7 asks a few questions, paper 8 hangs after its first observation.</summary>
public sealed class ReplicateTests(RandomModel model)
{
    private const string Toys = """

        public sealed class Toy : Agents.Replication.IReplication
        {
            private readonly bool _hangs;

            public Toy(string paper, bool hangs)
            {
                _hangs = hangs;
                Info = new Agents.Replication.ReplicationInfo(paper, hangs ? "hanging" : "toy", "A toy", "It answers.");
            }

            public Agents.Replication.ReplicationInfo Info { get; }

            public async Task<Agents.Replication.ReplicationFindings> RunAsync(Agents.Replication.ILaboratory laboratory, CancellationToken cancellationToken = default)
            {
                var items = laboratory.Items(new Agents.Replication.ItemQuery("arithmetic", Agents.Replication.ExperimentSplit.Test, 3, 1));
                var plain = new List<Agents.Replication.ArmRun>();
                var other = new List<Agents.Replication.ArmRun>();
                foreach (ulong seed in laboratory.Seeds)
                {
                    foreach (string arm in new[] { "plain", "other" })
                    {
                        (arm == "plain" ? plain : other).Add(await laboratory.MeasureAsync(arm, seed, items, async (item, token) =>
                        {
                            if (_hangs && item.Id != items[0].Id)
                            {
                                laboratory.Say("hanging");
                                await Task.Delay(-1, token);
                            }

                            return (await laboratory.AnswerAsync(new Agents.Replication.StrategyRun("direct") { Options = new StrategyOptions { MaxTokens = 4 } }, item, seed, token)).ToObservation();
                        }, cancellationToken));
                    }
                }

                Agents.Replication.ArmComparison primary = laboratory.Compare(plain, other);
                plain.AddRange(other);
                return new Agents.Replication.ReplicationFindings { Verdict = Agents.Replication.EffectVerdict.NotShown, Explanation = "Both are the same.", Primary = primary, Arms = plain, Comparisons = new[] { primary } };
            }
        }
        """;

    private static readonly Lazy<string> Plugins = new(InstallToys);

    [Fact]
    public async Task Without_a_paper_it_lists_what_there_is()
    {
        JsonElement items = (await AgentsProcess.RunAsync("replicate", "--plugins", Plugins.Value, "--json")).Json().GetProperty("items");

        JsonElement toy = items.EnumerateArray().Single(item => item.GetProperty("paper").GetString() == "7");
        Assert.Equal("toy", toy.GetProperty("name").GetString());
        Assert.Contains("51", items.EnumerateArray().Select(item => item.GetProperty("paper").GetString()));
        AgentsRun text = await AgentsProcess.RunAsync("replicate", "list", "--plugins", Plugins.Value);
        Assert.Contains("It answers.", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quick_run_says_everything_but_a_verdict()
    {
        string folder = BuildPaths.Folder("replicate");
        string[] arguments = ["7", "--output", Path.Combine(folder, "run"), "--report", Path.Combine(folder, "reports")];
        AgentsRun run = await RunAsync([.. arguments, "--json"]);
        JsonElement document = run.Json();

        Assert.Equal(
            ["7", "quick", "accuracy", "plain", "other", "underpowered"],
            ((string[])["paper", "profile", "metric", "baseline", "method", "verdict"]).Select(name => document.GetProperty(name).GetString()!));
        Assert.Equal(0, document.GetProperty("difference").GetDouble());
        Assert.Equal(2, document.GetProperty("confidence95").GetArrayLength());
        Assert.InRange(document.GetProperty("minimumDetectableEffect").GetDouble(), 0, 1);
        Assert.Equal(2, document.GetProperty("arms").GetArrayLength());
        Assert.True(File.Exists(document.GetProperty("report").GetString()));
        Assert.True(File.Exists(Path.Combine(folder, "reports", "README.md")));
        Assert.Contains("plain, seed 1: 3/3", run.Error, StringComparison.Ordinal);

        // The same command finds everything in its folder.
        AgentsRun again = await RunAsync(arguments);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("verdict: underpowered. Quick run", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_run_has_three_seeds_and_a_verdict()
    {
        JsonElement document = (await RunAsync("7", "--profile", "full", "--output", Path.Combine(BuildPaths.Folder("replicate-full"), "run"), "--json")).Json();

        Assert.Equal("notShown", document.GetProperty("verdict").GetString());
        Assert.Equal([1, 2, 3], document.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
    }

    [Fact]
    public async Task Another_run_in_the_folder_is_refused_until_it_begins_anew()
    {
        string folder = Path.Combine(BuildPaths.Folder("replicate-other"), "run");
        (await RunAsync("7", "--output", folder, "--json")).Json();

        (await RunAsync("7", "--seeds", "2", "--output", folder)).FailsWith(1, "belongs to another run", "--fresh");
        (await RunAsync("7", "--seeds", "2", "--output", folder, "--fresh", "--json")).Json();
    }

    [Fact]
    public async Task Interrupted_KeepsWhatWasSeenAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        string folder = Path.Combine(BuildPaths.Folder("replicate-interrupted"), "run");
        using Process process = AgentsProcess.Start(new AgentsInvocation(), "replicate", "8", "--plugins", Plugins.Value, "--model", model.Path, "--output", folder, "--concurrency", "1");
        string? line = "";
        while (line is not (null or "hanging"))
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        using Process kill = Process.Start("kill", ["-s", "INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        string rest = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("the same command goes on from there", rest, StringComparison.Ordinal);
        Assert.Contains("\"arm\":\"plain\"", await File.ReadAllTextAsync(Path.Combine(folder, "run.journal"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "52" }, new[] { "'52'", "'51'" })]
    [InlineData(new[] { "7", "--profile", "ful" }, new[] { "'ful'", "'full'" })]
    [InlineData(new[] { "7", "--profile", "full", "--seeds", "2" }, new[] { "--seeds is 2", "at least 3" })]
    public async Task Wrong_usage_offers_what_is_right(string[] arguments, string[] words) => (await RunAsync(arguments)).FailsWith(2, words);

    [Fact]
    public async Task A_model_behind_an_endpoint_is_refused()
    {
        AgentsRun run = await AgentsProcess.RunAsync("replicate", "7", "--plugins", Plugins.Value, "--model", "openai:x@http://127.0.0.1:1/v1");
        run.FailsWith(2, "behind an endpoint", "tiny");
    }

    private static string InstallToys()
    {
        string root = BuildPaths.Folder("replicate-plugins");
        string source = PluginSource.Good.Replace(
            "/*describe*/",
            """
            catalog.Add<Agents.Replication.IReplication>(new FeatureInfo("7", "A toy."), host => new Toy("7", false));
            catalog.Add<Agents.Replication.IReplication>(new FeatureInfo("8", "A toy."), host => new Toy("8", true));
            """,
            StringComparison.Ordinal) + Toys;
        string manifest = Path.Combine(PluginSource.Install(root, "toys", source), "plugin.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(
            "\"features\":[",
            "\"features\":[{\"kind\":\"replication\",\"id\":\"7\",\"summary\":\"A toy.\"},{\"kind\":\"replication\",\"id\":\"8\",\"summary\":\"A toy.\"},",
            StringComparison.Ordinal));
        return root;
    }

    private Task<AgentsRun> RunAsync(params string[] arguments) => AgentsProcess.RunAsync(["replicate", .. arguments, "--plugins", Plugins.Value, "--model", model.Path]);
}
