using Agents.Replication;

namespace Agents.Testing.Tests;

public sealed class ScriptedLaboratoryTests
{
    [Fact]
    public async Task AnswerAsync_Default_IsTheRightSolution()
    {
        ScriptedLaboratory laboratory = new();
        ExperimentItem item = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 1, 1))[0];

        ExperimentAnswer answer = await laboratory.AnswerAsync(new StrategyRun("direct"), item, 1, TestContext.Current.CancellationToken);

        Assert.True(answer.Correct);
        Assert.True(laboratory.Answers.Equivalent(item.Answer, answer.FinalAnswer));
    }

    [Fact]
    public async Task AnswerAsync_Script_SeesRunItemAndSeed()
    {
        ScriptedLaboratory laboratory = new() { Answer = (run, item, seed) => $"answer: {run.Strategy} {seed}", Calls = run => run.Strategy.Length };
        ExperimentItem item = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 1, 1))[0];

        ExperimentAnswer answer = await laboratory.AnswerAsync(new StrategyRun("malt"), item, 3, TestContext.Current.CancellationToken);

        Assert.Equal("answer: malt 3", answer.Text);
        Assert.Equal(4, answer.Calls);
        Assert.False(answer.Correct);
    }

    [Fact]
    public async Task Everything_ThatWasAskedFor_IsRecorded()
    {
        ScriptedLaboratory laboratory = new();
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 2, 1));

        await laboratory.TrainAsync(new AdapterTraining { Name = "a", Seed = 1 }, TestContext.Current.CancellationToken);
        ExperimentAdapter second = await laboratory.TrainAsync(new AdapterTraining { Name = "a", Seed = 2, Steps = 9 }, TestContext.Current.CancellationToken);
        ArmRun run = await laboratory.MeasureAsync("arm", 1, items, (item, _) => Task.FromResult(new Observation { Correct = item == items[0] }), TestContext.Current.CancellationToken);
        laboratory.Say("hello");

        Assert.Equal("a-2", second.Id);
        Assert.Equal(9, second.Steps);
        Assert.Equal([1ul, 2ul], laboratory.Trainings.Select(training => training.Seed));
        Assert.Equal([("arm", 1ul, 2)], laboratory.Measured);
        Assert.Equal(0.5, run.Accuracy);
        Assert.Equal(["hello"], laboratory.Said);
    }
}
