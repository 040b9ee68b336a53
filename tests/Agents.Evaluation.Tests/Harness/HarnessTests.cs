using System.Text.Json;
using Agents.Budgets;
using Agents.Evaluation.Harness;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Evaluation.Tests.Harness;

public sealed class HarnessTests : IDisposable
{
    private readonly string _journal = Path.Combine(Path.GetTempPath(), "journal-" + Guid.NewGuid().ToString("n") + ".jsonl");
    private readonly IReadOnlyList<TaskItem> _items = TaskSet.Draw(TaskFamilies.Find("arithmetic"), TaskSplit.Test, 60, 5);
    private readonly EvaluationHarness _harness = new(new ReferenceVerifier());

    public void Dispose() => File.Delete(_journal);

    [Fact]
    public async Task RunAsync_KnownAccuracy_SummaryAddsUp()
    {
        EvaluationRun run = await Run(Solver(0.6), Options());

        EvaluationSummary summary = run.Summary;
        Assert.Equal(60, summary.Count);
        Assert.Equal(run.Rows.Count(row => row.Correct == true), summary.Correct);
        Assert.Equal(summary.Correct / 60.0, summary.Accuracy, 12);
        Assert.InRange(summary.Accuracy, 0.35, 0.85);
        Assert.Equal(2, summary.CallsPerQuestion);
        Assert.Equal(60 * 30.0 / summary.Correct, summary.TokensPerCorrect!.Value, 9);
        Assert.True(summary.Confidence95[0] < summary.Accuracy && summary.Accuracy < summary.Confidence95[1]);
    }

    [Fact]
    public async Task ToJson_Summary_HasTheFieldsOfTheCommandLine()
    {
        EvaluationRun run = await Run(Solver(0.6), Options());

        using JsonDocument json = JsonDocument.Parse(run.Summary.ToJson());

        string[] fields = ["task", "strategy", "count", "correct", "accuracy", "confidence95", "callsPerQuestion", "tokensPerCorrect", "secondsPerCorrect"];
        Assert.All(fields, field => Assert.True(json.RootElement.TryGetProperty(field, out _), field));
        Assert.Equal(2, json.RootElement.GetProperty("confidence95").GetArrayLength());
    }

    [Fact]
    public async Task RunAsync_NothingRight_CostsPerCorrectAreNull()
    {
        EvaluationRun run = await Run(Solver(0), Options());

        Assert.Equal(0, run.Summary.Correct);
        Assert.Null(run.Summary.TokensPerCorrect);
        Assert.Null(run.Summary.SecondsPerCorrect);
    }

    [Fact]
    public async Task RunAsync_AnyConcurrency_SameResponses()
    {
        EvaluationRun one = await Run(Solver(0.5), Options());
        EvaluationRun eight = await Run(Solver(0.5), Options() with { MaximumConcurrency = 8 });

        Assert.Equal(one.Rows.Select(row => row.Response), eight.Rows.Select(row => row.Response));
    }

    [Fact]
    public async Task RunAsync_SeveralSamples_DifferAndShareTheirQuestion()
    {
        EvaluationRun run = await Run(Solver(0.5), Options() with { SamplesPerQuestion = 4 });

        Assert.Equal(240, run.Rows.Count);
        Assert.All(run.Rows.Chunk(4), chunk => Assert.Single(chunk.Select(row => row.ItemId).Distinct()));
        Assert.Contains(run.Rows.Chunk(4), chunk => chunk.Select(row => row.Correct).Distinct().Count() == 2);
    }

    [Fact]
    public async Task RunAsync_InterruptedAndResumed_EqualsAnUninterruptedRun()
    {
        EvaluationOptions options = Options() with { JournalPath = _journal };
        EvaluationRun whole = await Run(Solver(0.5), Options());
        int calls = 0;
        var failing = new DelegateAnswerer((item, stream, token) =>
            ++calls > 25 ? throw new InvalidOperationException("broken") : Solver(0.5).AnswerAsync(item, stream, token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(failing, options));
        await File.AppendAllTextAsync(_journal, "0123abcd {\"index\":", TestContext.Current.CancellationToken);

        EvaluationRun resumed = await Run(Solver(0.5), options);

        Assert.Equal(25, resumed.Resumed);
        Assert.Equal(whole.Rows.Select(row => row.Response), resumed.Rows.Select(row => row.Response));
        Assert.Equal(60, (await Run(Solver(0.5), options)).Resumed);
    }

    [Fact]
    public async Task RunAsync_JournalOfAnotherSeed_IsRefused()
    {
        await Run(Solver(0.5), Options() with { JournalPath = _journal });

        EvaluationException error = await Assert.ThrowsAsync<EvaluationException>(() => Run(Solver(0.5), Options() with { JournalPath = _journal, Seed = 99 }));

        Assert.Contains("another run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DamagedMiddleOfJournal_NamesTheLine()
    {
        await Run(Solver(0.5), Options() with { JournalPath = _journal });
        byte[] bytes = await File.ReadAllBytesAsync(_journal, TestContext.Current.CancellationToken);
        int secondLine = Array.IndexOf(bytes, (byte)'\n') + 40;
        bytes[secondLine] ^= 1;
        await File.WriteAllBytesAsync(_journal, bytes, TestContext.Current.CancellationToken);

        EvaluationException error = await Assert.ThrowsAsync<EvaluationException>(() => Run(Solver(0.5), Options() with { JournalPath = _journal }));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_JournalPathOfAForeignFile_IsRefusedAndTheFileKept()
    {
        await File.WriteAllTextAsync(_journal, "my notes", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<EvaluationException>(() => Run(Solver(0.5), Options() with { JournalPath = _journal }));

        Assert.Equal("my notes", await File.ReadAllTextAsync(_journal, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _harness.RunAsync(_items, Solver(0.5), Options(), cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task RunAsync_BrokenOptions_AllAreNamed()
    {
        EvaluationOptions options = Options() with { Task = "", SamplesPerQuestion = 0, MaximumConcurrency = 0 };

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Run(Solver(0.5), options));

        Assert.Contains("Task", error.Message, StringComparison.Ordinal);
        Assert.Contains("SamplesPerQuestion", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumConcurrency", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NotJudgeableItems_CountAsCostsOnly()
    {
        IReadOnlyList<TaskItem> items = [_items[0] with { Answer = " " }, _items[1]];

        EvaluationRun run = await _harness.RunAsync(items, Solver(1), Options(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, run.Summary.Count);
        Assert.Equal(1, run.Summary.NotJudged);
        Assert.Equal(40, run.Summary.PromptTokens);
    }

    [Fact]
    public async Task Compare_ClearlyBetterMethod_IsBetterWithCostsBesideIt()
    {
        EvaluationRun baseline = await Run(Solver(0.3), Options());
        EvaluationRun method = await Run(Solver(0.95, calls: 4), Options() with { Strategy = "vote" });

        RunComparison comparison = RunComparison.Of(baseline, method, 1);

        Assert.Equal(ComparisonVerdict.Better, comparison.Verdict);
        Assert.Equal(method.Summary.Accuracy - baseline.Summary.Accuracy, comparison.Bootstrap.Difference, 12);
        Assert.True(comparison.McNemar < 0.001);
        Assert.False(comparison.EqualCalls);
        Assert.Equal(ComparisonVerdict.Worse, RunComparison.Of(method, baseline, 1).Verdict);
    }

    [Fact]
    public async Task Compare_FewQuestionsAndSmallDifference_IsUnderpowered()
    {
        EvaluationRun baseline = await Run(Solver(0.50), Options());
        EvaluationRun method = await Run(Solver(0.52), Options());

        RunComparison comparison = RunComparison.Of(baseline, method, 1);

        Assert.Equal(ComparisonVerdict.Underpowered, comparison.Verdict);
        Assert.True(comparison.MinimumDetectableEffect > 0.03);
        Assert.True(comparison.EqualCalls);
    }

    [Fact]
    public async Task Compare_SeveralSamplesPerQuestion_LeavesMcNemarOut()
    {
        EvaluationOptions options = Options() with { SamplesPerQuestion = 2 };

        RunComparison comparison = RunComparison.Of(await Run(Solver(0.3), options), await Run(Solver(0.9), options), 1);

        Assert.Null(comparison.McNemar);
        Assert.Equal(60, comparison.Bootstrap.Questions);
        Assert.Equal(120, comparison.Pairs);
    }

    [Fact]
    public async Task Compare_RunsWithoutSharedQuestions_Throws()
    {
        EvaluationRun one = await Run(Solver(0.5), Options());
        EvaluationRun other = await _harness.RunAsync([_items[0] with { Id = "else" }], Solver(1), Options(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Throws<EvaluationException>(() => RunComparison.Of(one, other, 1));
    }

    private static EvaluationOptions Options() => new() { Task = "arithmetic", Strategy = "direct", Seed = 3 };

    private static DelegateAnswerer Solver(double accuracy, int calls = 2) => new((item, stream, _) =>
    {
        string response = stream.NextUnit() < accuracy ? item.Solution : "answer: -1";
        return ValueTask.FromResult(new EvaluationAnswer(response, new BudgetUsage(20, 10, calls, TimeSpan.Zero, 0)));
    });

    private Task<EvaluationRun> Run(IAnswerer answerer, EvaluationOptions options) =>
        _harness.RunAsync(_items, answerer, options, cancellationToken: TestContext.Current.CancellationToken);
}
