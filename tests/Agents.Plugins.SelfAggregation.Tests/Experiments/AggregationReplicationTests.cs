using Agents.Plugins.SelfAggregation.Replication;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Experiments;

/// <summary>The check of papers/16 over a scripted laboratory: its arms, its data, and its verdict for every kind of outcome.</summary>
public sealed class AggregationReplicationTests
{
    [Fact]
    public async Task Run_Quick_MeasuresEveryArmOnItsQuestionsWithEqualSteps()
    {
        ScriptedLaboratory laboratory = Laboratory();

        ReplicationFindings findings = await new AggregationReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.Equal(9 + AggregationScale.Temperatures.Count - 1, laboratory.Measured.Count);
        Assert.Equal(["aggregator", "chooser", "plain"], laboratory.Trainings.Select(training => training.Name));
        Assert.Single(laboratory.Trainings.Select(training => (training.Conversations.Count, training.Epochs, training.Rank, training.BatchSize)).Distinct());
        Assert.All(laboratory.Trainings[0].Conversations, one => Assert.Contains("try 3:", one.Prompt[^1].Text, StringComparison.Ordinal));
        Assert.All(laboratory.Trainings[1].Conversations, one => Assert.Matches("choice: [123]$", one.Target));
        Assert.All(laboratory.Trainings[2].Conversations, one => Assert.DoesNotContain("try 1:", one.Prompt[^1].Text, StringComparison.Ordinal));
        Assert.Equal(11, findings.Checks.Count);
        Assert.All(findings.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));
    }

    [Fact]
    public async Task Run_ThreeSeeds_TrainsAnewForEachOnTheSameData()
    {
        ScriptedLaboratory laboratory = Laboratory(seeds: [1, 2, 3]);

        await new AggregationReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        Assert.Equal([1ul, 1, 1, 2, 2, 2, 3, 3, 3], laboratory.Trainings.Select(training => training.Seed));
        Assert.Equal(laboratory.Trainings[0].Conversations.Select(one => one.Prompt[^1].Text), laboratory.Trainings[3].Conversations.Select(one => one.Prompt[^1].Text));
    }

    [Fact]
    public async Task Candidates_InTraining_AreTheModelsOwnOfThatQuestion()
    {
        ScriptedLaboratory laboratory = Laboratory();

        await new AggregationReplication().RunAsync(laboratory, TestContext.Current.CancellationToken);

        // The scripted model repeats the question, so that a foreign candidate would show.
        Assert.All(laboratory.Trainings[0].Conversations.Zip(laboratory.Trainings[2].Conversations), pair =>
            Assert.Equal(3, Count(pair.First.Prompt[^1].Text, "I read: " + pair.Second.Prompt[^1].Text)));
    }

    [Theory]
    [InlineData(0.05, 0.05, 0.05, 0.05, 0.2, 0.05, EffectVerdict.Shown)]
    [InlineData(0.05, 0.05, 0.05, 0.05, 0.2, 0.0, EffectVerdict.ShownAgainstSome)]
    [InlineData(0.05, 0.0, 0.05, 0.05, 0.2, 0.05, EffectVerdict.ShownAgainstSome)]
    [InlineData(0.05, 0.05, -0.05, 0.05, 0.2, 0.05, EffectVerdict.ShownAgainstSome)]
    [InlineData(0.05, 0.05, 0.05, 0.0, 0.2, 0.05, EffectVerdict.ShownAgainstSome)]
    [InlineData(0.05, 0.05, 0.05, 0.05, 0.0, 0.05, EffectVerdict.ShownAgainstSome)]
    [InlineData(0.0, 0.05, 0.05, 0.05, 0.2, 0.05, EffectVerdict.NotShown)]
    [InlineData(-0.05, 0.05, 0.05, 0.05, 0.2, 0.05, EffectVerdict.NotShown)]
    public void Conclude_EveryOutcome_HasItsVerdict(double greedy, double blank, double plain, double shuffled, double recovery, double vote, EffectVerdict expected)
    {
        (EffectVerdict verdict, string explanation) = AggregationFindings.Conclude(
            Comparison("greedy", greedy), [Comparison("blank", blank), Comparison("plain", plain)], Comparison("greedy", shuffled), recovery, Comparison("vote", vote));

        Assert.Equal(expected, verdict);
        Assert.Contains("recovery rate", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Conclude_NothingFoundBySmallRun_SaysSo() => Assert.Equal(
        EffectVerdict.Underpowered,
        AggregationFindings.Conclude(Comparison("greedy", 0) with { MinimumDetectableEffect = 0.1 }, [], Comparison("greedy", 0), 0, Comparison("vote", 0)).Verdict);

    [Theory]
    [InlineData(0.0, "a b c", "a b c")]
    [InlineData(1.0, "a b", "c d")]
    [InlineData(0.5, "a b", "a c")]
    [InlineData(2.0 / 3, "a", "a", "b")]
    [InlineData(0.0, "alone")]
    public void MeanDistance_OfTexts_IsOneMinusTheCosineOfTheirWords(double expected, params string[] texts) =>
        Assert.Equal(expected, CandidateDiversity.MeanDistance(texts), 12);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static ScriptedLaboratory Laboratory(IReadOnlyList<ulong>? seeds = null) => new()
    {
        Seeds = seeds ?? [1],
        Prompts = StrategyBench.Prompts,
        Model = new ScriptedLaboratoryModel(new ScriptedChatClient().On("", (messages, _) => "I read: " + messages[^1].Text)),
    };

    private static ArmComparison Comparison(string baseline, double difference) => new(baseline, "method", "accuracy")
    {
        Pairs = 3000, Items = 1000, Difference = difference, StandardError = 0.01, Low = difference - 0.02, High = difference + 0.02, MinimumDetectableEffect = 0.03, BySeed = [difference], BaselineCalls = 1, MethodCalls = 4,
    };
}
