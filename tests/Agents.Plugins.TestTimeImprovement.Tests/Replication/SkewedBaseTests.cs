using Agents.Plugins.TestTimeImprovement.Replication;
using Agents.Replication;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Replication;

/// <summary>What the base adapter learns from, and what is measured of it.</summary>
public sealed class SkewedBaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrainAsync_LearnsSolutionsAndVariantsOfASkewedMixture()
    {
        ScriptedLaboratory laboratory = Laboratory();

        SkewedBase start = await SkewedBase.TrainAsync(laboratory, Phrases(laboratory), Token);

        AdapterTraining training = Assert.Single(laboratory.Trainings);
        Assert.Equal((2 * SkewedBase.Data, "base", null), (training.Conversations.Count, training.Name, training.Start));
        Assert.Equal(SkewedBase.Data, training.Conversations.Count(conversation => conversation.Target.StartsWith("tools: ", StringComparison.Ordinal)));
        Assert.Equal(24, start.Counts.Count);
        int[] counts = [.. start.Counts.Values.OrderDescending()];
        Assert.True(counts[0] > 20 * counts[^1], string.Join(' ', counts));
        Assert.Equal("pack", start.Counts.MaxBy(entry => entry.Value).Key);
    }

    [Fact]
    public async Task TrainAsync_ShowsNoQuestionOfTheMeasuredSplits()
    {
        ScriptedLaboratory laboratory = Laboratory();
        await SkewedBase.TrainAsync(laboratory, Phrases(laboratory), Token);
        string[] texts = [.. laboratory.Trainings[0].Conversations.SelectMany(conversation => conversation.Prompt.Select(message => message.Text).Append(conversation.Target))];
        HashSet<string> lines = [.. texts.SelectMany(text => text.Split('\n', StringSplitOptions.TrimEntries))];

        foreach (ExperimentSplit split in new[] { ExperimentSplit.Validation, ExperimentSplit.Test })
        {
            Assert.DoesNotContain(laboratory.Items(new ItemQuery(ImprovementPlan.Family, split, 500, 61)), item => lines.Any(line => line.EndsWith(item.Question, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task BandOf_SortsByFrequencyAndKeepsUnseenWaysOfAskingApart()
    {
        ScriptedLaboratory laboratory = Laboratory();
        SkewedBase start = await SkewedBase.TrainAsync(laboratory, Phrases(laboratory), Token);

        ExperimentItem[] items = [.. laboratory.Items(new ItemQuery(ImprovementPlan.Family, ExperimentSplit.Validation, 600, 3))];

        Assert.All(items.Where(item => item.Answer.StartsWith("pack(", StringComparison.Ordinal)), item => Assert.Equal(item.Question.Contains("of the", StringComparison.Ordinal) && item.Question.Contains(" bag ", StringComparison.Ordinal) ? "unseen phrase" : "frequent", start.BandOf(item)));
        Assert.InRange(items.Count(item => start.BandOf(item) == "unseen phrase") / 600.0, 0.2, 0.35);
        Assert.All(SkewedBase.AllBands, band => Assert.InRange(items.Count(item => start.BandOf(item) == band), 90, 210));
        Assert.Matches("frequent: 8 functions, seen [0-9]+ to [0-9]+ times; middle: 8 functions, seen [0-9]+ to [0-9]+ times; rare: 8 functions", start.Describe());
    }

    [Fact]
    public void Similar_IsATrainingItemOfTheSameFunction()
    {
        ScriptedLaboratory laboratory = Laboratory();
        foreach (ExperimentItem item in laboratory.Items(new ItemQuery(ImprovementPlan.Family, ExperimentSplit.Test, 60, 3)))
        {
            ExperimentItem similar = laboratory.Similar(item, new SampleStream(5));

            Assert.Contains("/train/", similar.Id, StringComparison.Ordinal);
            Assert.Equal(item.Answer.Split('(')[0], similar.Answer.Split('(')[0]);
            Assert.NotEqual(item.Question, similar.Question);
        }
    }

    private static ToolPhraseBook Phrases(ScriptedLaboratory laboratory) => ToolPhraseBook.Read(laboratory.Items(new ItemQuery(ImprovementPlan.Family, ExperimentSplit.Validation, 4000, 63)));

    private static ScriptedLaboratory Laboratory() => new() { Prompts = PluginBench.ShippedPrompts, Model = new ScriptedLaboratoryModel(new ScriptedChatClient()) };
}
