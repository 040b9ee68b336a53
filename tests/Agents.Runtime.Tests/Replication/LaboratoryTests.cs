using Agents.Budgets;
using Agents.Models;
using Agents.Replication;
using Agents.Runtime.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Replication;

public sealed class LaboratoryTests : IDisposable
{
    private readonly LaboratoryBench _bench = new();
    private readonly Laboratory _laboratory;

    public LaboratoryTests() => _laboratory = _bench.Open();

    public void Dispose()
    {
        _laboratory.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Items_OneLevel_HaveThatLevelInEverySplit()
    {
        foreach (ExperimentSplit split in Enum.GetValues<ExperimentSplit>())
        {
            IReadOnlyList<ExperimentItem> items = _laboratory.Items(new ItemQuery("listing", split, 10, 3) { Difficulty = 1 });

            Assert.All(items, item => Assert.Equal(1, item.Difficulty));
            Assert.All(items, item => Assert.Equal(1, item.Distribution.Values.Sum(), 9));
            Assert.Equal(10, items.Select(item => item.Question).Distinct().Count());
        }
    }

    [Fact]
    public void Items_WithAndWithoutLevel_HaveDifferentIds()
    {
        IReadOnlyList<ExperimentItem> mixed = _laboratory.Items(new ItemQuery("transform", ExperimentSplit.Test, 20, 3));
        IReadOnlyList<ExperimentItem> single = _laboratory.Items(new ItemQuery("transform", ExperimentSplit.Test, 20, 3) { Difficulty = 2 });

        Assert.Empty(mixed.Select(item => item.Id).Intersect(single.Select(item => item.Id)));
    }

    [Theory]
    [InlineData("arithmetics", 1, "Families: arithmetic")]
    [InlineData("listing", 9, "no level 9")]
    [InlineData("listing", 0, "count from 1")]
    public void Items_UnknownFamilyOrLevel_IsRefused(string family, int level, string words)
    {
        ReplicationException error = Assert.Throws<ReplicationException>(() => _laboratory.Items(new ItemQuery(family, ExperimentSplit.Train, 1, 1) { Difficulty = level }));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Similar_TestItem_GivesATrainingItemOfTheSameLevel()
    {
        ExperimentItem item = _laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 1, 3))[0];

        ExperimentItem similar = _laboratory.Similar(item, new SampleStream(4));

        Assert.Contains("/train/", similar.Id, StringComparison.Ordinal);
        Assert.Equal(item.Difficulty, similar.Difficulty);
        Assert.NotEqual(item.Question, similar.Question);
        Assert.Equal(similar.Id, _laboratory.Similar(item, new SampleStream(4)).Id);
        Assert.NotEqual(similar.Id, _laboratory.Similar(item, new SampleStream(5)).Id);
    }

    [Fact]
    public void Solve_ItemsOfEverySplit_GivesTheirSolutions()
    {
        foreach (ExperimentSplit split in Enum.GetValues<ExperimentSplit>())
        {
            foreach (ExperimentItem item in _laboratory.Items(new ItemQuery("transform", split, 20, 3) { Difficulty = 5 }))
            {
                WrittenProblem solved = _laboratory.Solve("transform", item.Question)!;
                Assert.Equal((item.Question, item.Solution, 5, split), (solved.Question, solved.Solution, solved.Difficulty, solved.Split));
                Assert.Equal(item.Facts, solved.Facts);
            }
        }

        Assert.Null(_laboratory.Solve("transform", "zor on"));
        Assert.Contains("reads no questions", Assert.Throws<ReplicationException>(() => _laboratory.Solve("listing", "name a fruit")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GradeAsync_Solution_IsRight()
    {
        foreach (ExperimentItem item in _laboratory.Items(new ItemQuery("lookup", ExperimentSplit.Test, 5, 3)))
        {
            Assert.True(await _laboratory.GradeAsync(item, item.Solution, TestContext.Current.CancellationToken));
            Assert.False(await _laboratory.GradeAsync(item, "answer: no such thing", TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task GradeAsync_ForeignItem_IsRefused()
    {
        ExperimentItem foreign = new("x", "q", "a") { Family = "arithmetic", Difficulty = 1, Solution = "answer: a" };
        await Assert.ThrowsAsync<ReplicationException>(async () => await _laboratory.GradeAsync(foreign, "a", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void RoleData_SameQuery_GivesTheSameConversations()
    {
        RoleQuery query = new("solve", "arithmetic", 5, 2) { CleanTargets = true };

        IReadOnlyList<TrainingConversation> first = _laboratory.RoleData(query);

        Assert.Equal(first.Select(one => one.Target), _laboratory.RoleData(query).Select(one => one.Target));
        Assert.All(first, one => Assert.Contains("answer: ", one.Target, StringComparison.Ordinal));
        Assert.Contains("Did you mean 'solve'", Assert.Throws<ReplicationException>(() => _laboratory.RoleData(query with { Role = "solv" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerAsync_LimitEndsTheRequest_IsAnEmptyAnswer()
    {
        ExperimentItem item = _laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 1, 3))[0];
        StrategyRun run = new("once") { Budget = new Budget { Tokens = 1 } };

        ExperimentAnswer answer = await _laboratory.AnswerAsync(run, item, 1, TestContext.Current.CancellationToken);

        Assert.Equal("", answer.Text);
        Assert.Null(answer.FinalAnswer);
        Assert.False(answer.Correct);
    }

    [Fact]
    public async Task AnswerAsync_SeedAndItem_DecideTheAnswer()
    {
        IReadOnlyList<ExperimentItem> items = _laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, 2, 3));
        async Task<string> Ask(int item, ulong seed) => (await _laboratory.AnswerAsync(new StrategyRun("once"), items[item], seed, TestContext.Current.CancellationToken)).Text;
        string first = await Ask(0, 1);

        Assert.Equal(first, await Ask(0, 1));
        Assert.NotEqual(first, await Ask(0, 2));
        Assert.NotEqual(first, await Ask(1, 1));
    }

    [Fact]
    public async Task MeasureAsync_ValueThatIsNoNumber_NamesArmItemAndValue()
    {
        ExperimentItem item = _laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Train, 1, 3))[0];

        ReplicationException error = await Assert.ThrowsAsync<ReplicationException>(() => _laboratory.MeasureAsync(
            "broken", 1, [item], (_, _) => Task.FromResult(new Observation { Values = new Dictionary<string, double> { ["kl"] = double.PositiveInfinity } }), TestContext.Current.CancellationToken));
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Contains(item.Id, error.Message, StringComparison.Ordinal);
        Assert.Contains("kl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MeasureAsync_ItemTwice_IsRefused()
    {
        ExperimentItem item = _laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Train, 1, 3))[0];
        await Assert.ThrowsAsync<ArgumentException>(() => _laboratory.MeasureAsync("twice", 1, [item, item], (_, _) => Task.FromResult(new Observation()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Model_EncodesAsItsClientDoes()
    {
        ChatMessage[] messages = [new(ChatRole.User, "name a fruit")];

        ChatResponse response = await _laboratory.Model.Client.GetResponseAsync(messages, new ChatOptions { MaxOutputTokens = 1 }, TestContext.Current.CancellationToken);
        GenerationRecord record = Assert.IsType<GenerationRecord>(response.AdditionalProperties![GenerationRecord.PropertyName]);

        Assert.Equal(record.PromptTokenIds, _laboratory.Model.Encode(messages));
        Assert.Equal("random-1", _laboratory.Model.Name);
        Assert.True(_laboratory.Model.Language.Capabilities.HasFlag(LanguageModelCapabilities.Scoring));
    }

    [Fact]
    public void Validate_BrokenOptions_AreAllNamed()
    {
        LaboratoryOptions options = new() { Folder = " ", Profile = ReplicationProfile.Full, Seeds = [4, 4], Concurrency = 0 };

        ArgumentException error = Assert.Throws<ArgumentException>(options.Validate);
        foreach (string words in (string[])["folder is empty", "must be different", "at least 3 seeds", "concurrency 0"])
        {
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }
}
