using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

/// <summary>Strategies inside strategies with a part of the budget.</summary>
public sealed class NestedBudgetTests
{
    [Fact]
    public async Task SolveAsync_WithLimits_OneNestedStrategyCannotEatEverything()
    {
        EngineFixture fixture = new EngineFixture().Add("greedy", GreedyAsync).Add("outer", OuterAsync);

        ReasoningResult result = await fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Calls = 10 } });

        Assert.Equal(("draft 5|Calls|Answer: 1", StoppedBecause.Completed, 6), (result.Answer!.Text.Replace("Answer: 2", "Answer: 1", StringComparison.Ordinal), result.StoppedBecause, result.Usage.Calls));
        Assert.Equal("Calls", result.Trace.Single(node => node.Name == "greedy").Notes["stoppedBecause"]);

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ReasoningAnswer cut = await context.SolveAsync("greedy", task, null, context.Budget.Share(0.5), cancellationToken);
            ReasoningAnswer rest = await context.SolveAsync("one", task, null, new Budget { Calls = 1 }, cancellationToken);
            yield return EngineFixture.Answer($"{cut.Text}|{cut.Details["stoppedBecause"]}|{rest.Text}");
        }
    }

    [Fact]
    public async Task SolveAsync_ParallelParts_EachGetsExactlyItsShareWhateverTheOthersDo()
    {
        EngineFixture fixture = new EngineFixture().Add("greedy", GreedyAsync).Add("outer", OuterAsync);

        ReasoningResult result = await fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Calls = 12 } });

        Assert.Equal(("draft 3,draft 4,draft 5", 12), (result.Answer!.Text, result.Usage.Calls));

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Task<ReasoningAnswer>[] parts = [.. new[] { 3, 4, 5 }.Select(calls => Task.Run(() => context.SolveAsync("greedy", task, null, new Budget { Calls = calls }, cancellationToken)))];
            yield return EngineFixture.Answer(string.Join(',', (await Task.WhenAll(parts)).Select(answer => answer.Text)));
        }
    }

    [Fact]
    public async Task SolveAsync_PartWithoutAnyDraft_SaysWhichLimitItWas()
    {
        EngineFixture fixture = new EngineFixture().Add("silent", SilentAsync).Add("outer", OuterAsync);

        ReasoningResult result = await fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Calls = 10 } });

        Assert.Equal(("Calls: The budget of 2 model calls is used up (2 used). Raise the call budget.", StoppedBecause.Completed), (result.Answer!.Text, result.StoppedBecause));

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            BudgetExceededException error = await Assert.ThrowsAsync<BudgetExceededException>(() => context.SolveAsync("silent", task, null, new Budget { Calls = 2 }, cancellationToken));
            yield return EngineFixture.Answer($"{error.Reason}: {error.Message}");
        }

        static async IAsyncEnumerable<ReasoningUpdate> SilentAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (true)
            {
                await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            }

#pragma warning disable CS0162 // An iterator needs a yield; this one never gets there.
            yield break;
#pragma warning restore CS0162
        }
    }

    [Fact]
    public async Task SolveAsync_DurationOfAPart_EndsItsCallsAndKeepsItsDraft()
    {
        var model = new HangingChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("x")), text => text.Contains("hang", StringComparison.Ordinal));
        EngineFixture fixture = new EngineFixture(model).Add("slow", SlowAsync).Add("outer", OuterAsync);
        Task<ReasoningResult> solving = fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Duration = TimeSpan.FromMinutes(1) } });
        await model.Hanging;

        fixture.Clock.Advance(TimeSpan.FromSeconds(6));
        ReasoningResult result = await solving;

        Assert.Equal(("early|Duration", StoppedBecause.Completed), (result.Answer!.Text, result.StoppedBecause));
        Assert.NotNull(result.Trace.Single(node => node.Kind == TraceNodeKind.Call).Error);

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ReasoningAnswer answer = await context.SolveAsync("slow", task, null, new Budget { Duration = TimeSpan.FromSeconds(5) }, cancellationToken);
            yield return EngineFixture.Answer($"{answer.Text}|{answer.Details["stoppedBecause"]}");
        }

        static async IAsyncEnumerable<ReasoningUpdate> SlowAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return EngineFixture.Draft("early");
            await context.Model().GetResponseAsync([new ChatMessage(ChatRole.User, "hang")], null, cancellationToken);
            yield return EngineFixture.Answer("late");
        }
    }

    [Fact]
    public async Task ParallelCalls_OutsideAGroup_StayInsideTheTokenBudget()
    {
        // The model writes as much as it may; six words are read per call.
        ScriptedChatClient model = new ScriptedChatClient().On("", (_, _) => string.Join(' ', Enumerable.Repeat("word", 500)));
        EngineFixture fixture = new EngineFixture(model).Add("parallel", ParallelAsync);

        ReasoningResult result = await fixture.SolveAsync("parallel", new ReasoningRequest { Budget = new Budget { Tokens = 200 } });

        Assert.InRange(result.Usage.Tokens, 100, 200);
        Assert.Equal(3, result.Trace.Count(node => node is { Kind: TraceNodeKind.Call, Error: null }));

        static async IAsyncEnumerable<ReasoningUpdate> ParallelAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var calls = new Task<ChatResponse>[3];
            for (int i = 0; i < calls.Length; i++)
            {
                var options = new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Together] = calls.Length - i } };
                calls[i] = context.Model().GetResponseAsync(task.Messages, options, cancellationToken);
            }

            yield return EngineFixture.Answer(string.Join(',', (await Task.WhenAll(calls)).Select(response => response.Text.Length)));
        }
    }

    private static async IAsyncEnumerable<ReasoningUpdate> GreedyAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int call = 1; ; call++)
        {
            await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            yield return EngineFixture.Draft($"draft {call}");
        }
    }
}
