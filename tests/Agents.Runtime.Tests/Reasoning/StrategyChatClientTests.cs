using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

public sealed class StrategyChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "six words are in this question")];
    private readonly EngineFixture _fixture = new();

    [Fact]
    public async Task GetResponseAsync_Strategy_CarriesUsageTraceAndReason()
    {
        IChatClient sut = _fixture.Scripted.WithStrategy(_fixture.Engine, "vote", new StrategyOptions { Samples = 3 });

        ChatResponse response = await sut.GetResponseAsync(Question, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("Answer: 1", ChatFinishReason.Stop, "scripted-1"), (response.Text, response.FinishReason, response.ModelId));
        Assert.Equal((18, 6, 24, 3), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.AdditionalCounts!["agents.calls"]));
        Assert.Equal("completed", response.AdditionalProperties![StrategyResponseKeys.StoppedBecause]);
        Assert.Equal("vote", response.AdditionalProperties[StrategyResponseKeys.Strategy]);
        Assert.Equal(5, Assert.IsAssignableFrom<IReadOnlyList<TraceNode>>(response.AdditionalProperties[StrategyResponseKeys.Trace]).Count);
    }

    [Fact]
    public async Task GetResponseAsync_MessagesToolsAndImages_PassThroughUnflattened()
    {
        AIContent image = new DataContent(new byte[] { 1, 2, 3 }, "image/png");
        ChatMessage[] messages = [new(ChatRole.System, "sys"), new(ChatRole.User, [new TextContent("look"), image]), new(ChatRole.Tool, [new FunctionResultContent("c1", "r")])];
        var options = new ChatOptions { Tools = [new NoTool()], StopSequences = ["END"], TopP = 0.9f };

        await _fixture.Scripted.WithStrategy(_fixture.Engine, "one").GetResponseAsync(messages, options, TestContext.Current.CancellationToken);

        ScriptedCall call = Assert.Single(_fixture.Scripted.Calls);
        Assert.Equal(messages, call.Messages);
        Assert.Same(image, call.Messages[1].Contents[1]);
        Assert.Same(options.Tools[0], call.Options!.Tools![0]);
        Assert.Equal((0.9f, "END"), (call.Options.TopP, call.Options.StopSequences![0]));
        Assert.Null(options.AdditionalProperties);
    }

    [Fact]
    public async Task GetResponseAsync_AnswerWithToolCall_ReportsToolCalls()
    {
        _fixture.Add("tool", (_, _, _) => AsyncEnumerable.Repeat<ReasoningUpdate>(
            new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "add")]))), 1));

        ChatResponse response = await new StrategyChatClient(_fixture.Engine, "tool").GetResponseAsync(Question, cancellationToken: TestContext.Current.CancellationToken);
        ChatResponse streamed = await new StrategyChatClient(_fixture.Engine, "tool")
            .GetStreamingResponseAsync(Question, cancellationToken: TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.All([response, streamed], each =>
        {
            Assert.Equal(ChatFinishReason.ToolCalls, each.FinishReason);
            Assert.Equal("add", each.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Single().Name);
        });
    }

    [Fact]
    public async Task GetResponseAsync_ChatOptions_WinOverTheClients()
    {
        StrategyOptions? seen = null;
        _fixture.Add("see", (_, context, _) =>
        {
            seen = context.Options;
            return AsyncEnumerable.Repeat<ReasoningUpdate>(EngineFixture.Answer("x"), 1);
        });
        IChatClient sut = _fixture.Scripted.WithStrategy(_fixture.Engine, "see", new StrategyOptions { Samples = 3, Temperature = 0.1, MaxTokens = 5, Seed = 1 });

        await sut.GetResponseAsync(Question, new ChatOptions { Temperature = 0.5f, MaxOutputTokens = 7, Seed = 9 }, TestContext.Current.CancellationToken);

        Assert.Equal(new StrategyOptions { Samples = 3, Temperature = 0.5, MaxTokens = 7, Seed = 9 }, seen);
    }

    [Fact]
    public async Task GetResponseAsync_BudgetInChatOptions_StopsAndSaysSo()
    {
        var options = new ChatOptions { AdditionalProperties = new AdditionalPropertiesDictionary { [StrategyResponseKeys.Budget] = new Budget { Calls = 1 } } };
        _fixture.Add("two", TwoAsync);

        ChatResponse response = await new StrategyChatClient(_fixture.Engine, "two").GetResponseAsync(Question, options, TestContext.Current.CancellationToken);

        Assert.Equal((ChatFinishReason.Length, "calls", "first"), (response.FinishReason, response.AdditionalProperties![StrategyResponseKeys.StoppedBecause], response.Text));

        static async IAsyncEnumerable<ReasoningUpdate> TwoAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            yield return EngineFixture.Draft("first");
            await context.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            yield return EngineFixture.Answer("second");
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_StagesAndTokens_CarryTextOfTheFinalStageOnly()
    {
        _fixture.Add("stages", StagesAsync);

        List<ChatResponseUpdate> updates = await new StrategyChatClient(_fixture.Engine, "stages")
            .GetStreamingResponseAsync(Question, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["", "", "final ", "answer", ""], updates.Select(update => update.Text));
        Assert.Equal(
            [typeof(StepStartedUpdate), typeof(StepFinishedUpdate)],
            updates.SelectMany(update => update.Contents).OfType<ReasoningProgressContent>().Select(content => content.Update.GetType()));
        Assert.Equal(8, updates[^1].Contents.OfType<UsageContent>().Single().Details.TotalTokenCount);
        Assert.Equal((ChatFinishReason.Stop, "completed"), (updates[^1].FinishReason, updates[^1].AdditionalProperties![StrategyResponseKeys.StoppedBecause]));

        static async IAsyncEnumerable<ReasoningUpdate> StagesAsync(
            ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using (IReasoningStep step = context.BeginStep("hidden"))
            {
                yield return new StepStartedUpdate(step.NodeId, step.Name);
                await step.Model().GetResponseAsync(task.Messages, null, cancellationToken);
                yield return new StepFinishedUpdate(step.NodeId);
            }

            yield return new TokenUpdate("final ");
            yield return new TokenUpdate("answer");
            yield return EngineFixture.Answer("final answer");
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_StrategyWithoutTokens_YieldsTheWholeAnswerAtTheEnd()
    {
        List<ChatResponseUpdate> updates = await _fixture.Scripted.WithStrategy(_fixture.Engine, "one")
            .GetStreamingResponseAsync(Question, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Answer: 1", Assert.Single(updates).Text);
    }

    [Fact]
    public void GetService_InnerSampler_IsNotExposed()
    {
        IChatClient sut = _fixture.Scripted.WithStrategy(_fixture.Engine, "one");

        Assert.Null(sut.GetService<IGroupSampler>());
        Assert.Same(sut, sut.GetService<StrategyChatClient>());
        Assert.Equal("scripted-1", sut.GetService<ChatClientMetadata>()!.DefaultModelId);
    }

    [Fact]
    public async Task GetResponseAsync_NoMessages_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _fixture.Scripted.WithStrategy(_fixture.Engine, "one").GetResponseAsync([], cancellationToken: TestContext.Current.CancellationToken));

    private sealed class NoTool : AITool;
}
