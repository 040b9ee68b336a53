using Agents.Budgets;
using Agents.Runtime.Connectors;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Resilience;
using Agents.Runtime.Tests.Connectors;
using Agents.Runtime.Tests.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Resilience;

public sealed class ResilientChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "hello")];
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly ResilienceOptions Immediately = new() { BaseDelay = TimeSpan.Zero };
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task GetResponseAsync_TransientFailures_AreRetried()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("ok"))) { FailFirst = 3 };
        using var sut = new ResilientChatClient(faulty, Immediately);

        Assert.Equal("ok", (await sut.GetResponseAsync(Question, cancellationToken: Token)).Text);
        Assert.Equal(4, faulty.CallCount);
    }

    [Fact]
    public async Task GetResponseAsync_MoreFailuresThanRetries_ThrowsTheLast()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient()) { FailFirst = 9 };
        using var sut = new ResilientChatClient(faulty, Immediately with { Retries = 2 });

        await Assert.ThrowsAsync<HttpRequestException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));
        Assert.Equal(3, faulty.CallCount);
    }

    [Fact]
    public async Task GetResponseAsync_ErrorOfTheRequest_IsNotRetried()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient()) { FailFirst = 9, Error = () => new EndpointException("bad request") { Status = 400 } };
        using var sut = new ResilientChatClient(faulty, Immediately);

        await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));
        Assert.Equal(1, faulty.CallCount);
    }

    [Fact]
    public async Task GetResponseAsync_RetryAfter_IsWaitedForExactly()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, i) => i == 0
            ? OpenAIServer.FailAsync(context, 429, "slow down", "7")
            : OpenAIServer.CompleteAsync(context, "ok"));
        using var sut = new ResilientChatClient(new OpenAIChatClient(server.Endpoint, "m"), new ResilienceOptions { AttemptTimeout = TimeSpan.FromHours(1) }, _clock);

        Task<ChatResponse> call = sut.GetResponseAsync(Question, cancellationToken: Token);
        await WaitForDelayAsync(TimeSpan.FromSeconds(7));
        _clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(server.Bodies);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("ok", (await call.WaitAsync(TimeSpan.FromSeconds(30), Token)).Text);
        Assert.Equal(2, server.Bodies.Count);
    }

    [Fact]
    public async Task GetResponseAsync_RetryAfterBeyondTheLimit_FailsAtOnce()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, _) => OpenAIServer.FailAsync(context, 429, "slow down", "3600"));
        using var sut = new ResilientChatClient(new OpenAIChatClient(server.Endpoint, "m"), Immediately);

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Equal(TimeSpan.FromHours(1), error.RetryAfter);
        Assert.Single(server.Bodies);
    }

    [Fact]
    public async Task GetResponseAsync_RefusedPort_RetriesThenSaysNothingListens()
    {
        Uri endpoint = OpenAIServer.RefusedEndpoint();
        using var sut = new ResilientChatClient(new OpenAIChatClient(endpoint, "m"), Immediately with { Retries = 1 });

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));

        Assert.Equal($"Nothing listens at {endpoint} (connection refused). Start the server or correct the URL.", error.Message);
    }

    [Fact]
    public async Task GetResponseAsync_AttemptHangs_TimesOutWithUrlAndFix()
    {
        var hanging = new FaultyChatClient(new OpenAIChatClient(new Uri("http://127.0.0.1:9/v1"), "m")) { Hang = true };
        using var sut = new ResilientChatClient(hanging, new ResilienceOptions { Retries = 0, AttemptTimeout = TimeSpan.FromSeconds(5) }, _clock);

        Task<ChatResponse> call = sut.GetResponseAsync(Question, cancellationToken: Token);
        await hanging.Hanging;
        _clock.Advance(TimeSpan.FromSeconds(5));

        var error = await Assert.ThrowsAsync<EndpointException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Equal("http://127.0.0.1:9/v1 did not answer within 5 s (1 attempts). Check the server, or raise the attempt timeout.", error.Message);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_FailureBeforeTheFirstToken_IsRetried()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("a b c"))) { FailFirst = 2 };
        using var sut = new ResilientChatClient(faulty, Immediately);

        Assert.Equal("a b c", (await sut.GetStreamingResponseAsync(Question, cancellationToken: Token).ToChatResponseAsync(Token)).Text);
        Assert.Equal(3, faulty.CallCount);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_CutAfterTheFirstToken_IsNotRetried()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("a b c"))) { CutStreamAfter = 2 };
        using var sut = new ResilientChatClient(faulty, Immediately);
        List<string> texts = [];

        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await foreach (ChatResponseUpdate update in sut.GetStreamingResponseAsync(Question, cancellationToken: Token))
            {
                texts.Add(update.Text);
            }
        });

        Assert.Equal(["a", " b"], texts);
        Assert.Equal(1, faulty.CallCount);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_AfterTheFirstToken_TheAttemptTimeoutNoLongerApplies()
    {
        var scripted = new ScriptedChatClient().On("", new ScriptedAnswer("a b"));
        using var sut = new ResilientChatClient(scripted, new ResilienceOptions { AttemptTimeout = TimeSpan.FromSeconds(1) }, _clock);

        await using IAsyncEnumerator<ChatResponseUpdate> updates = sut.GetStreamingResponseAsync(Question, cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await updates.MoveNextAsync());
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(" b", updates.Current.Text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_CallerCancelsAfterTheFirstToken_ReachesTheInnerStream()
    {
        using var cancel = new CancellationTokenSource();
        using var sut = new ResilientChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("a b c")));

        await using IAsyncEnumerator<ChatResponseUpdate> updates = sut.GetStreamingResponseAsync(Question, cancellationToken: cancel.Token).GetAsyncEnumerator(Token);
        Assert.True(await updates.MoveNextAsync());
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await updates.MoveNextAsync());
    }

    [Fact]
    public async Task GetResponseAsync_ManyFailures_OpenTheCircuitUntilThePauseEnds()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("ok"))) { FailFirst = 4 };
        using var sut = new ResilientChatClient(
            faulty, new ResilienceOptions { Retries = 0, BreakerMinimumAttempts = 4, BreakerPause = TimeSpan.FromSeconds(15) }, _clock);
        for (int i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));
        }

        var error = await Assert.ThrowsAsync<EndpointException>(() => sut.GetResponseAsync(Question, cancellationToken: Token));
        Assert.Contains("not called for 15 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, faulty.CallCount);
        _clock.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal("ok", (await sut.GetResponseAsync(Question, cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_MoreCallsThanSlots_Wait()
    {
        var scripted = new ScriptedChatClient(new ScriptedChatClientOptions { Latency = TimeSpan.FromSeconds(1), Time = _clock }).On("", new ScriptedAnswer("ok"));
        using var sut = new ResilientChatClient(scripted, new ResilienceOptions { ConcurrentCalls = 2 });

        Task<ChatResponse>[] calls = [.. Enumerable.Range(0, 3).Select(_ => sut.GetResponseAsync(Question, cancellationToken: Token))];
        Assert.Equal(2, _clock.ArmedTimers);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitForTimersAsync(1, Token);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, (await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30), Token)).Length);
    }

    [Fact]
    public async Task Attempts_InsideARequest_AreChildNodesAndCharged()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1"))) { FailFirst = 2 };
        using var model = new ResilientChatClient(faulty, Immediately);

        ReasoningResult result = await new EngineFixture(model).SolveAsync("one");

        Assert.Equal((3, "Answer: 1"), (result.Usage.Calls, result.Answer!.Text));
        TraceNode[] attempts = [.. result.Trace.Where(node => node.Kind == TraceNodeKind.Attempt)];
        Assert.Equal([(1, 0, true), ((int?)1, 1, true), ((int?)1, 2, false)], attempts.Select(node => (node.ParentId, node.Attempt, node.Error is not null)));
        Assert.Null(result.Trace[1].Error);
    }

    [Fact]
    public async Task Attempts_CallBudgetUsedUp_EndTheRetries()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient()) { FailFirst = 9 };
        using var model = new ResilientChatClient(faulty, Immediately);

        ReasoningResult result = await new EngineFixture(model).SolveAsync("one", new ReasoningRequest { Budget = new Budget { Calls = 2 } });

        Assert.Equal((StoppedBecause.Calls, 2, 2), (result.StoppedBecause, result.Usage.Calls, faulty.CallCount));
    }

    [Fact]
    public async Task SampleAsync_Group_IsRetriedAsOne()
    {
        await using OpenAIServer server = await OpenAIServer.StartAsync((context, i) => i == 0
            ? OpenAIServer.FailAsync(context, 503, "starting")
            : OpenAIServer.CompleteAsync(context, "Answer: 1", "Answer: 1", "Answer: 2"));
        using var model = new ResilientChatClient(new OpenAIChatClient(server.Endpoint, "m"), Immediately);

        ReasoningResult result = await new EngineFixture(model).SolveAsync("vote", new ReasoningRequest { Options = new Agents.Reasoning.StrategyOptions { Samples = 3 } });

        Assert.Equal(("Answer: 1", 6, 25L), (result.Answer!.Text, result.Usage.Calls, result.Usage.Tokens));
        Assert.Equal(2, server.Bodies.Count);
    }

    [Fact]
    public void GetService_InnerWithoutGroups_HasNone()
    {
        using var sut = new ResilientChatClient(new ScriptedChatClient(new ScriptedChatClientOptions { GroupSampling = false }));

        Assert.Null(sut.GetService<IGroupSampler>());
    }

    [Fact]
    public void Constructor_BrokenOptions_ListsAll()
    {
        var error = Assert.Throws<ArgumentException>(() => new ResilientChatClient(
            new ScriptedChatClient(), new ResilienceOptions { Retries = 11, ConcurrentCalls = 0, BreakerFailureRatio = 0, AttemptTimeout = TimeSpan.Zero }));

        Assert.All(["retries is 11", "concurrent calls is 0", "failure ratio is 0", "attempt timeout is 0 s"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    // The retry's wait is the one timer besides the attempt's; the server answers in real time, so wait for the fact.
    private Task WaitForDelayAsync(TimeSpan delay) => _clock.WaitForTimerDueAsync(delay, Token);
}
