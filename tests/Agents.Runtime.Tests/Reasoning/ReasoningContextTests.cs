using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

public sealed class ReasoningContextTests
{
    [Fact]
    public async Task SolveAsync_NestedStrategy_SharesBudgetAndTrace()
    {
        EngineFixture fixture = new EngineFixture().Add("outer", OuterAsync);

        ReasoningResult result = await fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Calls = 10 } });

        Assert.Equal($"{result.Trace[2].Text}+{result.Trace[4].Text}", result.Answer!.Text);
        Assert.Equal(2, result.Usage.Calls);
        Assert.Equal(
            [(null, "outer"), ((int?)0, "one"), ((int?)1, "default"), ((int?)0, "one"), ((int?)3, "default")],
            result.Trace.Select(node => (node.ParentId, node.Name)));

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ReasoningAnswer first = await context.SolveAsync("one", task, cancellationToken: cancellationToken);
            ReasoningAnswer second = await context.SolveAsync("one", task, cancellationToken: cancellationToken);
            yield return EngineFixture.Answer($"{first.Text}+{second.Text}");
        }
    }

    [Fact]
    public async Task SolveAsync_NestedStrategies_HaveStreamsOfTheirOwn()
    {
        List<ulong> draws = [];
        EngineFixture fixture = new EngineFixture();
        fixture.Add("inner", (_, context, _) => Draw(context, draws));
        fixture.Add("outer", OuterAsync);

        await fixture.SolveAsync("outer");

        Assert.Equal(3, draws.Distinct().Count());

        async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            draws.Add(context.Random().NextBits());
            await context.SolveAsync("inner", task, cancellationToken: cancellationToken);
            await context.SolveAsync("inner", task, cancellationToken: cancellationToken);
            yield return EngineFixture.Answer("x");
        }

        static IAsyncEnumerable<ReasoningUpdate> Draw(IReasoningContext context, List<ulong> draws)
        {
            draws.Add(context.Random().NextBits());
            return AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 1);
        }
    }

    [Fact]
    public async Task SolveAsync_StrategiesInACircle_EndAtTheDepthLimit()
    {
        EngineFixture fixture = new EngineFixture(options: new ReasoningEngineOptions { MaximumDepth = 3 }).Add("circle", CircleAsync);

        var error = await Assert.ThrowsAsync<ReasoningException>(() => fixture.SolveAsync("circle"));

        Assert.Contains("the limit is 3", error.Message, StringComparison.Ordinal);

        static async IAsyncEnumerable<ReasoningUpdate> CircleAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new AnswerUpdate(await context.SolveAsync("circle", task, cancellationToken: cancellationToken));
        }
    }

    [Fact]
    public async Task SolveAsync_BudgetEndsInsideANestedStrategy_StopsTheWholeRequest()
    {
        EngineFixture fixture = new EngineFixture().Add("outer", OuterAsync);

        ReasoningResult result = await fixture.SolveAsync("outer", new ReasoningRequest { Budget = new Budget { Calls = 2 } });

        Assert.Equal((StoppedBecause.Calls, result.Trace[4].Text), (result.StoppedBecause, result.Answer!.Text));
        Assert.All(result.Trace, node => Assert.NotNull(node.Duration));

        static async IAsyncEnumerable<ReasoningUpdate> OuterAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (true)
            {
                yield return new DraftUpdate(await context.SolveAsync("one", task, cancellationToken: cancellationToken));
            }
        }
    }

    [Fact]
    public async Task Model_Roles_UseTheirOwnClientsAndPromptVariants()
    {
        var judge = new ScriptedChatClient(new ScriptedChatClientOptions { ModelName = "judge-1" }).On("", new ScriptedAnswer("yes"));
        var writer = new ScriptedChatClient().On("", new ScriptedAnswer("text"));
        var fixture = new EngineFixture();
        fixture.Add("roles", RolesAsync);
        var models = new RoleModels(new RoleModel(writer)) { Roles = new Dictionary<string, RoleModel> { [ModelRoles.Verifier] = new(judge) } };
        var engine = new ReasoningEngine(
            fixture.Features,
            MemoryPrompts.OfYaml(("ask", "messages: [{role: user, template: general}]"), ("ask", "models: ['judge-*']\nmessages: [{role: user, template: special}]")),
            LabelledAnswerFormat.Instance, models);

        ReasoningResult result = await engine.SolveAsync("roles", EngineFixture.Question, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["general text", "special yes", "general text"], result.Answer!.Text.Split(','));
        Assert.Equal([("default", "scripted-1"), ("verifier", "judge-1"), ("refiner", "scripted-1")], result.Trace.Skip(1).Select(node => (node.Role, node.Model)));

        static async IAsyncEnumerable<ReasoningUpdate> RolesAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            List<string> parts = [];
            foreach (string role in new[] { ModelRoles.Default, ModelRoles.Verifier, ModelRoles.Refiner })
            {
                IReadOnlyList<ChatMessage> prompt = context.Prompt("ask", new Dictionary<string, object?>(), role);
                parts.Add($"{prompt[0].Text} {(await context.Model(role).GetResponseAsync(prompt, null, cancellationToken)).Text}");
            }

            yield return EngineFixture.Answer(string.Join(',', parts));
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_ReadToTheEnd_RecordsTextAndCarriesTheNode()
    {
        ChatResponse? combined = null;
        EngineFixture fixture = new EngineFixture().Add("stream", StreamAsync);

        ReasoningResult result = await fixture.SolveAsync("stream");

        Assert.Equal(("Answer: 1", 2, (int?)1), (result.Trace[1].Text, result.Trace[1].CompletionTokens, combined!.TraceNodeId()));
        Assert.Equal(8, result.Usage.Tokens);

        async IAsyncEnumerable<ReasoningUpdate> StreamAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            List<ChatResponseUpdate> updates = [];
            await foreach (ChatResponseUpdate update in context.Model().GetStreamingResponseAsync(task.Messages, null, cancellationToken))
            {
                updates.Add(update);
            }

            combined = updates.ToChatResponse();
            yield return EngineFixture.Answer(combined.Text);
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_ReaderStopsEarly_ChargesOnceWhatArrived()
    {
        EngineFixture fixture = new EngineFixture().Add("stream", StreamAsync);

        ReasoningResult result = await fixture.SolveAsync("stream");

        Assert.Equal("Answer:", result.Trace[1].Text);
        Assert.NotNull(result.Trace[1].Error);
        Assert.Equal(result.Trace[1].CompletionTokens, result.Usage.CompletionTokens);
        Assert.True(result.Usage.CompletionTokens > 0);

        static async IAsyncEnumerable<ReasoningUpdate> StreamAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (ChatResponseUpdate update in context.Model().GetStreamingResponseAsync(task.Messages, null, cancellationToken))
            {
                break;
            }

            yield return EngineFixture.Answer("x");
        }
    }

    [Fact]
    public async Task Response_WithoutUsage_IsEstimatedAndSaysSo()
    {
        var fixture = new EngineFixture(new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("12345678"))) { HideUsage = true });

        ReasoningResult result = await fixture.SolveAsync("one");

        Assert.Equal((2, "estimated"), (result.Trace[1].CompletionTokens, result.Trace[1].Notes["usage"]));
        Assert.True(result.Usage.PromptTokens > 0);
    }

    [Fact]
    public async Task Group_OneOfSeveralParallelCallsFails_TheOthersStay()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1"))) { FailFirst = 1, HideGroupSampler = true };
        var fixture = new EngineFixture(faulty);

        ReasoningResult result = await fixture.SolveAsync("vote", new ReasoningRequest { Options = new StrategyOptions { Samples = 4 } });

        Assert.Equal("Answer: 1", result.Answer!.Text);
        Assert.Equal(1, result.Trace.Count(node => node.Error is not null));
        Assert.Equal(4, result.Usage.Calls);
    }

    [Fact]
    public async Task Group_AllCallsFail_ThrowsTheErrorOfTheFirst()
    {
        var faulty = new FaultyChatClient(new ScriptedChatClient()) { FailFirst = 10, HideGroupSampler = true };

        var error = await Assert.ThrowsAsync<ReasoningException>(() => new EngineFixture(faulty).SolveAsync("vote"));

        Assert.IsType<HttpRequestException>(error.InnerException);
    }

    [Fact]
    public async Task Step_LeftOpen_IsClosedAndNoted()
    {
        EngineFixture fixture = new EngineFixture().Add("open", (_, context, _) =>
        {
            _ = context.BeginStep("forgotten");
            return AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 1);
        });

        ReasoningResult result = await fixture.SolveAsync("open");

        Assert.Equal("true", result.Trace[1].Notes["leftOpen"]);
        Assert.NotNull(result.Trace[1].Duration);
    }

    [Fact]
    public async Task Random_SameIndex_GivesTheSameStreamInStepsToo()
    {
        (ulong, ulong, ulong) draws = default;
        EngineFixture fixture = new EngineFixture().Add("draw", (_, context, _) =>
        {
            using IReasoningStep step = context.BeginStep("s");
            draws = (context.Random(3).NextBits(), step.Random(3).NextBits(), context.Random(4).NextBits());
            return AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 1);
        });

        await fixture.SolveAsync("draw");

        Assert.Equal(draws.Item1, draws.Item2);
        Assert.NotEqual(draws.Item1, draws.Item3);
    }
}
