using System.Text.Json;
using Agents.Plugins.CodePipeline.Replication;
using Agents.Replication;
using Agents.Runtime.Prompts;
using Agents.Testing;

namespace Agents.Plugins.CodePipeline.Tests.Replication;

public sealed class CodeReplicationTests
{
    private static readonly ulong[] ThreeSeeds = [1, 2, 3];
    private static readonly CodeScale Small = new(100, 40, 20);
    private static readonly Dictionary<string, object?> Repaired = new() { ["runs"] = 3 };

    [Fact]
    public async Task RunAsync_RealTraceRepairsMost_EffectIsShown()
    {
        ReplicationFindings findings = await RunAsync(Laboratory(basic: 0.05, real: 0.9, source: 0.4, testOnly: 0.4));

        Assert.Equal(EffectVerdict.Shown, findings.Verdict);
        Assert.All(findings.Checks.Where(check => check.Statement.StartsWith("wrong if not", StringComparison.Ordinal)), check => Assert.True(check.Holds));
        Assert.Equal(CodeArms.Source, findings.Primary.Baseline);
    }

    [Fact]
    public async Task RunAsync_SourceRepairsAsWell_OnlySomeControlsAreBeaten()
    {
        ReplicationFindings findings = await RunAsync(Laboratory(basic: 0.05, real: 0.8, source: 0.8, testOnly: 0.2));

        Assert.Equal(EffectVerdict.ShownAgainstSome, findings.Verdict);
        Assert.Contains("but not debug: source as trace", findings.Explanation, StringComparison.Ordinal);
        Assert.NotEqual(true, findings.Checks[0].Holds);
    }

    [Fact]
    public async Task RunAsync_TracesHurt_NotShown()
    {
        ReplicationFindings findings = await RunAsync(Laboratory(basic: 0.5, real: 0.5, source: 0.9, testOnly: 0.9));

        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
        Assert.False(findings.Checks[0].Holds);
    }

    [Fact]
    public async Task RunAsync_Full_AllArmsRunOnAllSeedsAndTheTestSplitWithOneAdapterEach()
    {
        ScriptedLaboratory laboratory = Laboratory(basic: 0.5, real: 0.5, source: 0.5, testOnly: 0.5);

        ReplicationFindings findings = await RunAsync(laboratory);

        string[] arms = [.. laboratory.Measured.Select(measured => measured.Arm).Distinct()];
        Assert.Equal(
            [
                CodeArms.Basic, CodeArms.Planned, CodeArms.Tested, CodeArms.TestOnly, CodeArms.Source, CodeArms.Real, CodeArms.Resample,
                CodeArms.Bare + CodeArms.Basic, CodeArms.Bare + CodeArms.Source, CodeArms.Bare + CodeArms.Real, CodeArms.Bare + CodeArms.Resample,
            ],
            arms);
        Assert.All(arms, arm => Assert.Equal(ThreeSeeds, laboratory.Measured.Where(measured => measured.Arm == arm).Select(measured => measured.Seed)));
        Assert.Equal(3, laboratory.Trainings.Count);
        Assert.All(findings.Arms.SelectMany(run => run.Rows), row => Assert.Contains("/test/", row.Item.Id, StringComparison.Ordinal));
        Assert.Equal(arms.Length + 2, findings.Tables[0].Rows.Count);
        Assert.All(findings.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
    }

    [Fact]
    public async Task RunAsync_EqualLimits_NoArmMakesMoreProgramsThanADebugArmMay()
    {
        var settings = new List<JsonElement>();
        ScriptedLaboratory laboratory = Laboratory(0, 0, 0, 0, settings);

        ReplicationFindings findings = await RunAsync(laboratory);

        Assert.All(settings, one => Assert.Equal((CodeScale.Repairs, false), (one.GetProperty("maxRepairs").GetInt32(), one.GetProperty("explain").GetBoolean())));
        ArmRun[] resampled = [.. findings.Arms.Where(run => run.Arm == CodeArms.Resample)];
        Assert.All(resampled.SelectMany(run => run.Rows), row => Assert.InRange(row.Seen.Calls, 1, CodeScale.Repairs + 1));
        Assert.Contains(resampled.SelectMany(run => run.Rows), row => row.Seen.Calls == CodeScale.Repairs + 1);
    }

    [Fact]
    public async Task RunAsync_MatchedReading_TakesTheAnswerAfterAsManyCallsAsTheTraceArm()
    {
        // The trace arm makes one call per question, so the matched reading is the basic arm itself.
        ReplicationFindings findings = await RunAsync(Laboratory(basic: 0.4, real: 0.6, source: 0.5, testOnly: 0.5));

        double basic = findings.Arms.Where(run => run.Arm == CodeArms.Basic).Average(run => run.Accuracy);
        double matched = findings.Arms.Where(run => run.Arm == CodeArms.Matched).Average(run => run.Accuracy);
        double resampled = findings.Arms.Where(run => run.Arm == CodeArms.Resample).Average(run => run.Accuracy);
        Assert.Equal(basic, matched, 9);
        Assert.True(resampled > basic);
    }

    [Fact]
    public async Task RunAsync_Quick_UsesTheValidationSplit()
    {
        var laboratory = new ScriptedLaboratory { Profile = ReplicationProfile.Quick, Prompts = Prompts() };

        ReplicationFindings findings = await new CodeReplication(Small).RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.All(findings.Arms.SelectMany(run => run.Rows), row => Assert.Contains("/validation/", row.Item.Id, StringComparison.Ordinal));
    }

    private static Task<ReplicationFindings> RunAsync(ScriptedLaboratory laboratory) => new CodeReplication(Small).RunAsync(laboratory, TestContext.Current.CancellationToken);

    private static PromptLibrary Prompts() => PromptLibrary.FromFolders([Path.Combine(AppContext.BaseDirectory, "prompts")]);

    /// <summary>A laboratory whose arms are right with given chances, independently of each other.</summary>
    private static ScriptedLaboratory Laboratory(double basic, double real, double source, double testOnly, List<JsonElement>? settings = null) => new()
    {
        Profile = ReplicationProfile.Full,
        Seeds = ThreeSeeds,
        Prompts = Prompts(),
        Details = (_, _, _) => Repaired,
        Answer = (run, item, seed) =>
        {
            JsonElement own = run.Options.Settings!.Value;
            settings?.Add(own);
            string flow = own.TryGetProperty("flow", out JsonElement name) ? name.GetString()! : "debug";
            string slot = own.TryGetProperty("traceSlot", out JsonElement filled) ? filled.GetString()! : "real";
            double chance = flow != "debug" ? basic : slot == "real" ? real : slot == "source" ? source : testOnly;
            ulong question = item.Id.Aggregate(0UL, (hash, letter) => (hash * 31) + letter);
            var stream = new SampleStream(seed, question, (flow + slot).Aggregate(0UL, (hash, letter) => (hash * 31) + letter));
            return stream.NextUnit() < chance ? item.Solution : "answer: f(" + item.Question[2] + "):return [1,2,3,4]";
        },
    };
}
