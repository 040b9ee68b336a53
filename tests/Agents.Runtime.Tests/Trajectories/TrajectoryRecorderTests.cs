using Agents.Runtime.Reasoning;
using Agents.Runtime.Tests.Reasoning;
using Agents.Runtime.Trajectories;
using Agents.Testing;
using Agents.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Tests.Trajectories;

public sealed class TrajectoryRecorderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Record_Vote_HasAllBranchesWithVerdictsAndOnePrompt()
    {
        Trajectory trajectory = Assert.Single(await RecordAsync(new ReasoningRequest
        {
            Options = new StrategyOptions { Samples = 6, Seed = 5 },
            Provenance = new RequestProvenance { Source = "eval", Family = "sums", Split = "train", Reference = "1", Judge = new One() },
        }));

        TrajectoryNode[] calls = [.. trajectory.Nodes.Where(node => node.Kind == "call")];
        Assert.Equal(6, calls.Length);
        Assert.All(calls, call => Assert.Equal(call.Text == "Answer: 1" ? 1 : 0, call.Reward));
        Assert.Contains(calls, call => call.Reward == 0);
        Assert.All(calls, call => Assert.Equal(0, call.Prompt));
        Assert.Equal("six words are in this question", Assert.Single(Assert.Single(trajectory.Prompts).Messages).Content);
        Assert.Equal(("vote", 5UL, 6, "completed", "train"), (trajectory.Strategy, trajectory.Options.Seed, trajectory.Usage.Calls, trajectory.Stopped, trajectory.Task.Split!));
        Assert.Equal(trajectory.Answer!.Text == "Answer: 1", trajectory.Answer.Correct);
        Assert.Equal(calls.Select(call => call.Text), calls.Select(call => "Answer: " + call.Notes!["answer"]));
    }

    [Fact]
    public async Task Record_WithoutJudge_LeavesTextsUnscored()
    {
        Trajectory trajectory = Assert.Single(await RecordAsync(new ReasoningRequest()));

        Assert.All(trajectory.Nodes, node => Assert.Null(node.Reward));
        Assert.Null(trajectory.Answer!.Correct);
    }

    [Fact]
    public async Task Record_RequestOptsOut_LeavesNothing()
    {
        await using (TrajectoryRecorder recorder = new(_folder))
        {
            await Engine(recorder).SolveAsync("one", EngineFixture.Question, new ReasoningRequest { Provenance = new RequestProvenance { MayRecord = false } }, TestContext.Current.CancellationToken);
        }

        Assert.Empty(await Recorded.ReadAsync(_folder));
    }

    [Fact]
    public void Record_WithRedaction_ChangesTextsAndLeavesTheirTokensOut()
    {
        Trajectory whole = Recorded.Answers("call 555 please", ("it is 555", 1), ("it is four", 0)) with { Id = "x" };

        Trajectory redacted = TrajectoryRedaction.Apply(whole, text => text.Replace("555", "###", StringComparison.Ordinal));

        Assert.DoesNotContain("555", System.Text.Encoding.UTF8.GetString(TrajectoryFormat.Write(redacted)), StringComparison.Ordinal);
        Assert.Null(redacted.Prompts[0].Tokens);
        Assert.Null(redacted.Nodes[1].Tokens);
        Assert.NotNull(redacted.Nodes[2].Tokens);
    }

    [Fact]
    public async Task Record_RedactionThatThrows_LosesTheRequestAndIsCounted()
    {
        RecordedLog log = new();
        await using TrajectoryRecorder recorder = new(_folder, new TrajectoryRecorderOptions { Redact = _ => throw new InvalidOperationException("no") }, logging: log);
        ReasoningEngine engine = Engine(recorder);
        for (int i = 0; i < 3; i++)
        {
            ReasoningResult result = await engine.SolveAsync("one", EngineFixture.Question, cancellationToken: TestContext.Current.CancellationToken);
            Assert.NotNull(result.Answer);
        }

        await recorder.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 3), (recorder.Counts.Written, recorder.Counts.Failed));
        Assert.Single(log.Errors);
    }

    [Fact]
    public async Task Record_QueueFull_AnswersWithoutWaitingAndCounts()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TrajectoryRecorder recorder = new(_folder, new TrajectoryRecorderOptions { Capacity = 1 });
        ReasoningEngine engine = Engine(recorder);
        ReasoningRequest request = new() { Provenance = new RequestProvenance { Judge = new Waiting(entered, release.Task) } };
        await engine.SolveAsync("one", EngineFixture.Question, request, TestContext.Current.CancellationToken);
        await entered.Task; // the writer is busy with the first request
        for (int i = 0; i < 4; i++)
        {
            await engine.SolveAsync("one", EngineFixture.Question, request, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, recorder.Counts.LeftOut);
        release.SetResult();
        await recorder.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, recorder.Counts.Written);
    }

    [Fact]
    public async Task Record_DiskFull_IsReportedOnceAndAnsweringGoesOn()
    {
        if (!File.Exists("/dev/full"))
        {
            Assert.Skip("There is no /dev/full here.");
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "trajectories-000001.jsonl"), "/dev/full");
        RecordedLog log = new();
        await using TrajectoryRecorder recorder = new(_folder, logging: log);
        ReasoningEngine engine = Engine(recorder);
        for (int i = 0; i < 3; i++)
        {
            Assert.NotNull((await engine.SolveAsync("one", EngineFixture.Question, cancellationToken: TestContext.Current.CancellationToken)).Answer);
        }

        await recorder.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 3), (recorder.Counts.Written, recorder.Counts.Failed));
        Assert.Single(log.Errors);
    }

    [Fact]
    public async Task Record_SameRequest_HasTheSameIdAndOthersDoNot()
    {
        List<Trajectory> all =
        [
            .. await RecordAsync(new ReasoningRequest()),
            .. (await RecordAsync(new ReasoningRequest())).Skip(1),
            .. (await RecordAsync(new ReasoningRequest { Options = new StrategyOptions { Seed = 1 } })).Skip(2),
        ];

        Assert.Equal(3, all.Count);
        Assert.Equal(all[0].Id, all[1].Id);
        Assert.NotEqual(all[0].Id, all[2].Id);
    }

    [Theory]
    [InlineData(0, 1 << 20)]
    [InlineData(70_000, 1 << 20)]
    [InlineData(1, 100)]
    public void Options_OutOfRange_AreRefused(int capacity, long bytes) =>
        Assert.Throws<ArgumentException>(() => new TrajectoryRecorder(_folder, new TrajectoryRecorderOptions { Capacity = capacity, MaximumFileBytes = bytes }));

    private static ReasoningEngine Engine(IRequestObserver observer)
    {
        EngineFixture fixture = new();
        return new ReasoningEngine(fixture.Features, MemoryPrompts.Of(("ask", "Q: {{q}}", ["q"])), LabelledAnswerFormat.Instance, RoleModels.Single(fixture.Model), time: fixture.Clock, observer: observer);
    }

    private async Task<List<Trajectory>> RecordAsync(ReasoningRequest request)
    {
        await using (TrajectoryRecorder recorder = new(_folder))
        {
            await Engine(recorder).SolveAsync("vote", EngineFixture.Question, request, TestContext.Current.CancellationToken);
            await recorder.FlushAsync(TestContext.Current.CancellationToken);
        }

        return await Recorded.ReadAsync(_folder);
    }

    private sealed class One : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(Verdict.Of(request.Response == "Answer: 1"));
    }

    private sealed class Waiting(TaskCompletionSource entered, Task release) : IVerifier
    {
        public async ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default)
        {
            entered.TrySetResult();
            await release;
            return Verdict.NotJudgeable;
        }
    }

    private sealed class RecordedLog : ILoggerFactory, ILogger
    {
        public List<string> Errors { get; } = [];

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
            {
                Errors.Add(formatter(state, exception));
            }
        }
    }
}
