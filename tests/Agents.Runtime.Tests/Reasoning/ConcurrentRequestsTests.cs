using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

/// <summary>A thousand requests at once over one client: budgets to the token, and a cancellation that reaches every call.</summary>
public sealed class ConcurrentRequestsTests
{
    private const int Requests = 1000;

    [Fact]
    public async Task Budgets_NestedStrategiesGroupsAndParallelCalls_AreKeptExactly()
    {
        // Every reply is as long as it may be, so that an overdraft would show.
        ScriptedChatClient model = new ScriptedChatClient().On("", static (_, _) => LongReply);
        EngineFixture fixture = new EngineFixture(model).Add("mixed", MixedAsync);
        Budget BudgetOf(int i) => new() { Calls = 1 + (i % 23), Tokens = i % 3 == 0 ? null : 30 + (i % 211) };

        ReasoningResult[] results = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => Task.Run(
            () => fixture.SolveAsync("mixed", new ReasoningRequest { Budget = BudgetOf(i), Options = new StrategyOptions { Seed = (ulong)i, MaxTokens = i % 2 == 0 ? 20 : null } }), TestContext.Current.CancellationToken)));

        Assert.All(results.Select((result, i) => (result.Usage, Limit: BudgetOf(i))), one =>
        {
            Assert.InRange(one.Usage.Calls, 0, one.Limit.Calls!.Value);
            Assert.InRange(one.Usage.Tokens, 0, one.Limit.Tokens ?? long.MaxValue);
        });
        Assert.Equal(model.Calls.Count, results.Sum(result => result.Usage.Calls));
        Assert.Equal(model.Calls.Count, results.Sum(result => result.Trace.Count(node => node is { Kind: TraceNodeKind.Call, Error: null })));
        Assert.All(results, result => Assert.Equal(result.Usage.Tokens, result.Trace.Sum(node => node.PromptTokens + node.CompletionTokens)));
    }

    [Fact]
    public async Task Cancellation_OfAllAtOnce_EndsEveryCallInFlightAndEveryRequest()
    {
        var model = new CountingHang();
        EngineFixture fixture = new EngineFixture(model).Add("mixed", MixedAsync);
        using var cancel = new CancellationTokenSource();
        Task<ReasoningResult>[] running = [.. Enumerable.Range(0, Requests).Select(_ => fixture.SolveAsync("mixed", cancellationToken: cancel.Token))];
        await model.Reached(Requests);

        await cancel.CancelAsync();
        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // The clock stands still, so nobody was left behind after its grace: every call saw the cancellation itself.
        Assert.All(running, task => Assert.True(task.IsCanceled));
        Assert.Equal((model.Started, 0), (model.Cancelled, fixture.Clock.ArmedTimers));
    }

    private static string LongReply { get; } = string.Join(' ', Enumerable.Repeat("word", 400));

    // A nested strategy within a share, three calls at once, and what is left for a group.
    private static async IAsyncEnumerable<ReasoningUpdate> MixedAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<ReasoningAnswer>[] nested = [.. Enumerable.Range(0, 2).Select(_ => context.SolveAsync("vote", task, context.Options with { Samples = 3 }, context.Budget.Share(0.3), cancellationToken))];
        yield return new DraftUpdate((await Task.WhenAll(nested))[0]);
        Task<ChatResponse>[] together = [.. Enumerable.Range(0, 3).Select(i => context.Model().GetResponseAsync(
            task.Messages, new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Together] = 3 - i } }, cancellationToken))];
        await Task.WhenAll(together);
        Task<ChatResponse>[] unannounced = [.. Enumerable.Range(0, 3).Select(_ => context.Model().GetResponseAsync(task.Messages, null, cancellationToken))];
        await Task.WhenAll(unannounced);
        yield return new AnswerUpdate(await context.SolveAsync("vote", task, context.Options with { Samples = 9 }, cancellationToken));
    }

    private sealed class CountingHang : IChatClient
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _started;
        private int _cancelled;
        private int _wanted = int.MaxValue;

        public int Started => Volatile.Read(ref _started);

        public int Cancelled => Volatile.Read(ref _cancelled);

        public Task Reached(int wanted)
        {
            Volatile.Write(ref _wanted, wanted);
            return Started >= wanted ? Task.CompletedTask : _reached.Task;
        }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _started) >= Volatile.Read(ref _wanted))
            {
                _reached.TrySetResult();
            }

            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
                throw;
            }

            return new ChatResponse();
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("Nothing here streams.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
