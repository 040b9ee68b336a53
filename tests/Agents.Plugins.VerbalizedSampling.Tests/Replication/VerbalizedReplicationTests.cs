using Agents.Plugins.VerbalizedSampling.Replication;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Replication;

public sealed class VerbalizedReplicationTests
{
    [Fact]
    public async Task RunAsync_ModelThatFollowsTheLaw_FindsItsGammaAndTheCollapse()
    {
        (ReplicationFindings findings, ScriptedLaboratory laboratory) = await RunAsync(new ListingWorld());

        Assert.Equal(4, Mean(findings, ListingArms.Gamma, "gamma"), 3);
        Assert.Equal(2, Mean(findings, ListingArms.WeakGamma, "gamma"), 3);
        Assert.Equal(1, Mean(findings, ListingArms.Gamma, "baseSlope"), 3);
        Assert.True(Mean(findings, ListingArms.Direct, "kl") > Mean(findings, ListingArms.BaseDirect, "kl") + 0.5);
        Assert.True(findings.Comparisons.Single(one => one.Baseline == ListingArms.Direct && one.Method == ListingArms.Verbalized).IsWorse);
        Assert.DoesNotContain(findings.Checks, check => check.Statement.Contains("gamma", StringComparison.Ordinal) && check.Holds != true);

        // One base model for all seeds, three trainings per seed, and the aligned ones start from the base.
        Assert.Equal(["base", "aligned", "aligned-weakly", "aligned-lists-too"], laboratory.Trainings.Take(4).Select(training => training.Name));
        Assert.All(laboratory.Trainings.Skip(1).Take(3), training => Assert.StartsWith("base", training.Start!.Id, StringComparison.Ordinal));
        Assert.Equal([0.2, 0.6, 0.2], laboratory.Trainings.Skip(1).Take(3).Select(training => training.Beta));
    }

    [Fact]
    public async Task RunAsync_TrueProbabilities_AreFoundAsStated()
    {
        (ReplicationFindings findings, _) = await RunAsync(new ListingWorld());

        // Every list states true probabilities: read as stated they are the reference, as far as answers were listed at all.
        Assert.True(Mean(findings, ListingArms.Stated, "kl") < 0.05, $"{Mean(findings, ListingArms.Stated, "kl")}");
        Assert.True(findings.Comparisons.Single(one => one.Baseline == ListingArms.Typical && one.Method == ListingArms.Stated).IsWorse);
    }

    [Fact]
    public async Task RunAsync_ModelThatLostTheFormat_CountsItsQuestionsAndComparesTheOthers()
    {
        HashSet<string> asked = [];
        ListingWorld world = new()
        {
            Loses = (run, item) => Adapter(run).StartsWith("aligned-lists-too", StringComparison.Ordinal) && (asked.Contains(item.Id) || (asked.Count < 6 && asked.Add(item.Id))),
        };

        (ReplicationFindings findings, _) = await RunAsync(world);

        Assert.Equal(6, findings.Arms.Where(run => run.Arm == ListingArms.BothVerbalized).SelectMany(run => run.Rows).Count(row => row.Seen.Values.ContainsKey(ListingArms.Unreadable)));
        Assert.Equal((18, 24), (
            findings.Comparisons.Single(one => one.Method == ListingArms.BothVerbalized && one.Baseline == ListingArms.Verbalized).Items, findings.Arms.First(run => run.Arm == ListingArms.BothVerbalized).Rows.Count));
        IReadOnlyList<string> row = findings.Tables.Single(table => table.Title.StartsWith("Four readings", StringComparison.Ordinal)).Rows.Single(row => row[0] == ListingArms.BothVerbalized);
        Assert.Equal("25.0%", row[^1]);
    }

    [Fact]
    public async Task RunAsync_DpoWithoutEffect_ShowsNothing()
    {
        (ReplicationFindings findings, _) = await RunAsync(new ListingWorld(1));

        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
        Assert.Contains("did not sharpen", findings.Explanation, StringComparison.Ordinal);
        Assert.False(findings.Checks.Single(check => check.Statement.StartsWith("wrong if not: the instance prompt", StringComparison.Ordinal)).Holds);
    }

    [Fact]
    public async Task RunAsync_QuickRun_NeverSeesTheTestSplit()
    {
        (ReplicationFindings findings, ScriptedLaboratory laboratory) = await RunAsync(new ListingWorld(), 1, 2);

        Assert.All(findings.Arms.SelectMany(run => run.Rows), row => Assert.Contains("/validation/", row.Item.Id, StringComparison.Ordinal));
        Assert.Equal(2, findings.Primary.BySeed.Count);
        HashSet<string> trained = [.. laboratory.Trainings.SelectMany(training => training.Preferences).Select(pair => pair.Prompt[0].Text.Split('\n')[0])];
        Assert.DoesNotContain(findings.Arms[0].Rows, row => trained.Contains(row.Item.Question));
        Assert.Equal(ExperimentSplit.Test, VerbalizedReplication.SplitOf(ReplicationProfile.Full));
    }

    [Theory]
    [InlineData(3.0, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, EffectVerdict.Shown)]
    [InlineData(3.0, -0.1, -0.1, 0.1, -0.1, -0.1, -0.1, EffectVerdict.ShownAgainstSome)]
    [InlineData(3.0, -0.1, -0.1, -0.1, -0.1, -0.1, 0, EffectVerdict.ShownAgainstSome)]
    [InlineData(3.0, -0.1, -0.1, 0, 0, 0, -0.1, EffectVerdict.Underpowered)]
    [InlineData(3.0, -0.1, -0.1, 0.1, 0, 0, -0.1, EffectVerdict.NotShown)]
    [InlineData(3.0, -0.1, -0.1, -0.1, 0.1, 0, 0, EffectVerdict.NotShown)]
    [InlineData(3.0, 0.1, 0.1, 0.1, -0.1, -0.1, -0.1, EffectVerdict.NotShown)]
    [InlineData(1.1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1, EffectVerdict.NotShown)]
    [InlineData(3.0, 0, 0, 0, 0, 0, 0, EffectVerdict.Underpowered)]
    public void Conclude_LevelsAndRises_GiveTheVerdict(double gamma, double first, double second, double third, double firstRise, double secondRise, double thirdRise, EffectVerdict expected)
    {
        (EffectVerdict verdict, string explanation) = ListingVerdict.Conclude(
            gamma,
            [Comparison("one", first), Comparison("two", second), Comparison("three", third)],
            [Comparison("rise one", firstRise), Comparison("rise two", secondRise), Comparison("rise three", thirdRise)]);

        Assert.Equal(expected, verdict);
        Assert.Contains("against three", explanation, StringComparison.Ordinal);
        Assert.Contains("against rise three", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Conclude_LeadFromBeforeAlignment_IsNamed()
    {
        (EffectVerdict verdict, string explanation) = ListingVerdict.Conclude(
            3, [Comparison("one", -0.1), Comparison("two", -0.1), Comparison("three", 0.1)], [Comparison("rise one", -0.1), Comparison("rise two", 0), Comparison("rise three", -0.1)]);

        Assert.Equal(EffectVerdict.ShownAgainstSome, verdict);
        Assert.Contains("closer to the reference than one and were moved less", explanation, StringComparison.Ordinal);
        Assert.Contains("not closer to the reference than three;", explanation, StringComparison.Ordinal);
        Assert.Contains("did not raise their divergence less than that of rise two,", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AlignmentThatMovesSingleAnswersOnly_IsNoDoingOfItsAgainstPlainLists()
    {
        (ReplicationFindings findings, _) = await RunAsync(new ListingWorld());

        // Lists of this world are the same before and after alignment.
        Assert.Equal(0, Mean(findings, ListingArms.VerbalizedRise, "kl"), 12);
        Assert.Equal(0, Mean(findings, ListingArms.EnumerationRise, "kl"), 12);
        Assert.Equal(Mean(findings, ListingArms.Direct, "kl") - Mean(findings, ListingArms.BaseDirect, "kl"), Mean(findings, ListingArms.DirectRise, "kl"), 9);
        Assert.True(findings.Comparisons.Single(one => one.Baseline == ListingArms.DirectRise && one.Method == ListingArms.VerbalizedRise).IsWorse);
        Assert.False(findings.Comparisons.Single(one => one.Baseline == ListingArms.TypicalRise && one.Method == ListingArms.VerbalizedRise).IsWorse);
        Assert.Equal(EffectVerdict.ShownAgainstSome, findings.Verdict);
        Assert.False(findings.Checks.Single(check => check.Statement.StartsWith("alignment moved verbalized lists", StringComparison.Ordinal)).Holds);
    }

    [Fact]
    public void Check_GammaLaw_HoldsOnAllVectors() => Assert.All(GammaLaw.Check(), check => Assert.True(check.Holds, check.Statement + ": " + check.Figures));

    [Fact]
    public void Divergence_CountsLikeTheReference_AreNearZeroAndOthersAreNot()
    {
        Dictionary<string, double> reference = new() { ["a"] = 0.5, ["b"] = 0.3, ["c"] = 0.2 };

        // (50.5, 30.5, 20.5) / 101.5 against the reference.
        double near = AnswerTally.Divergence(reference, new Dictionary<string, double> { ["a"] = 50, ["b"] = 30, ["c"] = 20 }, 100);
        Assert.Equal((0.5 * Math.Log(0.5 * 101.5 / 50.5)) + (0.3 * Math.Log(0.3 * 101.5 / 30.5)) + (0.2 * Math.Log(0.2 * 101.5 / 20.5)), near, 12);
        Assert.True(AnswerTally.Divergence(reference, new Dictionary<string, double> { ["a"] = 100 }, 100) > 1);
        Assert.True(double.IsFinite(AnswerTally.Divergence(reference, new Dictionary<string, double>(), 0)));
    }

    [Fact]
    public void Readings_OfOneList_DifferAsDefined()
    {
        Dictionary<string, double> reference = new() { ["a"] = 0.5, ["b"] = 0.3, ["c"] = 0.2 };
        WeightedCandidates candidates = new(
        [
            new WeightedCandidate("a", 0.4) { RawWeight = 0.4, Call = 0 },
            new WeightedCandidate("b", 0.1) { RawWeight = 0.1, Call = 0 },
            new WeightedCandidate("a", 0.3) { RawWeight = 0.3, Call = 1 },
            new WeightedCandidate("x", 0.2) { RawWeight = 0.2, Call = 1 },
        ]);

        Assert.Equal([("a", 0.7), ("b", 0.1)], AnswerTally.Pooled(reference, candidates).Select(pair => (pair.Key, Math.Round(pair.Value, 9))));
        Assert.Equal([("a", 0.35), ("b", 0.1)], AnswerTally.Stated(reference, candidates).Select(pair => (pair.Key, Math.Round(pair.Value, 9))));
        Assert.Equal([("a", 1.4), ("b", 0.2)], AnswerTally.Averaged(reference, candidates).Select(pair => (pair.Key, Math.Round(pair.Value, 9))));
        Assert.Equal([("a", 2.0), ("b", 1.0)], AnswerTally.Count(reference, candidates.Items.Select(item => item.Text)).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Draw_WithoutReplacement_FollowsTheWeights()
    {
        Dictionary<string, double> weights = new() { ["a"] = 3, ["b"] = 1 };
        int first = 0;
        for (ulong i = 0; i < 4_000; i++)
        {
            SampleStream stream = new(9, i);
            List<KeyValuePair<string, double>> drawn = ListingCorpus.Draw(weights, 5, ref stream);
            Assert.Equal(2, drawn.Select(pair => pair.Key).Distinct().Count());
            first += drawn[0].Key == "a" ? 1 : 0;
        }

        Assert.Equal(0.75, first / 4_000.0, 0.03);
    }

    private static double Mean(ReplicationFindings findings, string arm, string value) => findings.Arms.Where(run => run.Arm == arm).Average(run => run.Mean(value));

    private static ArmComparison Comparison(string baseline, double difference) => new(baseline, "method", "kl")
    {
        Pairs = 10,
        Items = 10,
        Difference = difference,
        StandardError = 0.03,
        Low = difference - 0.06,
        High = difference + 0.06,
        MinimumDetectableEffect = 0.08,
        BySeed = [difference],
        BaselineCalls = 1,
        MethodCalls = 1,
    };

    private static async Task<(ReplicationFindings Findings, ScriptedLaboratory Laboratory)> RunAsync(ListingWorld world, params ulong[] seeds)
    {
        ScriptedLaboratory laboratory = VerbalizedWorld.Laboratory(world, seeds);
        return (await new VerbalizedReplication().RunAsync(laboratory, TestContext.Current.CancellationToken), laboratory);
    }

    private static string Adapter(StrategyRun run) => run.Adapters.TryGetValue(ModelRoles.Default, out ExperimentAdapter? adapter) ? adapter.Id : "";
}
