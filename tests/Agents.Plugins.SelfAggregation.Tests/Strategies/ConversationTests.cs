using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>The conversation is never flattened: history, images, tools and options reach every stage that answers.</summary>
public sealed class ConversationTests
{
    private static readonly (string Part, string Text)[] Stages =
    [
        (StrategyBench.Aggregate, "Answer: 9"), (StrategyBench.Choose, "choice: 1"), (StrategyBench.Verify, "verdict: wrong"),
        (StrategyBench.Revise, "Answer: 8"), (StrategyBench.Feedback, "verdict: wrong"),
    ];

    public static TheoryData<string> All => [.. PluginFeatureTable.Of(new Plugin()).List<IReasoningStrategy>().Select(feature => feature.Id)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task History_EveryStage_KeepsItBeforeTheQuestion(string strategy)
    {
        ChatMessage[] history = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hello."), new(ChatRole.Assistant, "Hi.")];
        ScriptedChatClient model = Model();

        await new StrategyBench(model).SolveAsync(strategy, task: new ReasoningTask([.. history, new(ChatRole.User, "How many?")]));

        Assert.All(model.Calls, call =>
        {
            Assert.Equal(history.Length + 1, call.Messages.Count);
            Assert.Equal(history, call.Messages.Take(history.Length));
            Assert.Equal(ChatRole.User, call.Messages[^1].Role);
            Assert.Contains("How many?", call.Messages[^1].Text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Image_InTheQuestion_ReachesEveryStage(string strategy)
    {
        var image = new DataContent(new byte[] { 1, 2, 3 }, "image/png");
        ScriptedChatClient model = Model();

        await new StrategyBench(model).SolveAsync(strategy, task: new ReasoningTask([new ChatMessage(ChatRole.User, [new TextContent("How many?"), image])]));

        Assert.All(model.Calls, call => Assert.Contains(image, call.Messages[^1].Contents));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ToolResult_AtTheEnd_StaysBehindItsCall(string strategy)
    {
        ChatMessage[] messages =
        [
            new(ChatRole.User, "How many?"),
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "count")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", 4)]),
        ];
        ScriptedChatClient model = Model();

        await new StrategyBench(model).SolveAsync(strategy, task: new ReasoningTask(messages));

        Assert.All(model.Calls, call => Assert.Equal(messages, call.Messages.Take(3)));
        Assert.All(model.Calls.Where(call => call.Messages.Count > 3), call => Assert.Contains("How many?", Assert.Single(call.Messages.Skip(3)).Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Options_ToolsFormatAndStops_GoWithCallsThatAnswer(string strategy)
    {
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("count", "Counts.", System.Text.Json.JsonDocument.Parse("{}").RootElement);
        var options = new ChatOptions { Tools = [tool], StopSequences = ["END"], ResponseFormat = ChatResponseFormat.Json, Seed = 5, MaxOutputTokens = 100 };
        ScriptedChatClient model = Model();

        await new StrategyBench(model).SolveAsync(strategy, task: StrategyBench.Task with { Options = options });

        string[] judging = [StrategyBench.Choose, StrategyBench.Verify, StrategyBench.Feedback];
        ScriptedCall[] answering = [.. model.Calls.Where(call => !judging.Any(part => call.Messages[^1].Text.Contains(part, StringComparison.Ordinal)))];
        Assert.All(answering, call =>
        {
            Assert.Same(tool, Assert.Single(call.Options!.Tools!));
            Assert.Equal(["END"], call.Options.StopSequences!);
            Assert.Equal((ChatResponseFormat.Json, 100), (call.Options.ResponseFormat, call.Options.MaxOutputTokens));

            // The same seed on each of several independent calls would make them one.
            Assert.Null(call.Options.Seed);
        });
        Assert.All(model.Calls.Except(answering), call => Assert.Null(call.Options!.Tools));
        Assert.Equal(5, options.Seed);
    }

    [Theory]
    [InlineData("direct", 1)]
    [InlineData("self-consistency", 4)]
    [InlineData("universal-self-consistency", 3)]
    [InlineData("best-of-n", 3)]
    [InlineData("self-refine", 1)]
    [InlineData("self-aggregation", 6)]
    public async Task ToolCall_InsteadOfText_IsTheAnswer(string strategy, int calls)
    {
        var model = new ToolCallingClient();

        ReasoningResult result = await new StrategyBench(model).SolveAsync(strategy);

        Assert.Equal("count", Assert.Single(result.Answer!.Message.Contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal(calls, result.Usage.Calls);
    }

    private static ScriptedChatClient Model() => StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 3"], Stages);

    private sealed class ToolCallingClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "count")])));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("c1", "count")]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
