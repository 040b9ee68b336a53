using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.CodePipeline.Tests.Mini;

/// <summary>The loop counts of papers/62 §5 and what the prompts of the mini-language show, with the real strategy over scripted models.</summary>
public sealed class MiniFlowTests
{
    private const string Question = "f(n): sum of numbers 1 to n; f(1)=1; f(3)=6; f(4)=10";
    private const string Wrong = "answer: f(n):return 0";
    private const string Right = "answer: f(n):s=0;i=1;while i<=n:{s=s+i;i=i+1}return s";

    [Theory]
    [InlineData("""{"flow":"act"}""", 9, 4, 3, 0, 0)]
    [InlineData("""{"flow":"debug"}""", 21, 0, 0, 11, 10)]
    [InlineData("""{"flow":"ac-debug"}""", 10, 0, 0, 5, 4)]
    [InlineData("""{"flow":"act-debug"}""", 17, 4, 3, 5, 4)]
    [InlineData("""{"flow":"debug","explain":false,"maxRepairs":4}""", 5, 0, 0, 5, 4)]
    [InlineData("""{"flow":"debug","explain":false,"maxRepairs":4,"traceSlot":"source"}""", 5, 0, 0, 5, 0)]
    [InlineData("""{"flow":"basic"}""", 1, 0, 0, 0, 0)]
    [InlineData("""{"flow":"ac"}""", 2, 0, 0, 0, 0)]
    public async Task SolveAsync_AlwaysFailing_MakesAsManyCallsAndRunsAsTheSpecificationSays(string settings, int calls, int testers, int fixes, int runs, int traces)
    {
        ScriptedChatClient client = new ScriptedChatClient().On(_ => true, (_, _) => "FAIL\n" + Wrong);

        ReasoningResult result = await SolveAsync(client, settings);

        Assert.Equal(calls, client.Calls.Count);
        Assert.Equal((testers, fixes, runs, traces), ((int)result.Answer!.Details["testerCalls"]!, (int)result.Answer.Details["fixes"]!, (int)result.Answer.Details["runs"]!, (int)result.Answer.Details["tracedRuns"]!));
    }

    [Fact]
    public async Task SolveAsync_Debug_RepairsFromTheFirstFailingTest()
    {
        ScriptedChatClient client = new ScriptedChatClient()
            .On(messages => messages[^1].Text.Contains("f(1) gave 0, expected 1", StringComparison.Ordinal), (_, _) => Right)
            .On(_ => true, (_, _) => Wrong);

        ReasoningResult result = await SolveAsync(client, """{"flow":"debug","explain":false}""");

        Assert.Equal(2, client.Calls.Count);
        Assert.Equal(3, result.Answer!.Details["visiblePassed"]);
        Assert.Equal(Right, result.Answer.Text);
        Assert.Contains("return 0 >", client.Calls[1].Messages[^1].Text, StringComparison.Ordinal);
    }

    private static Task<ReasoningResult> SolveAsync(IChatClient client, string settings) =>
        new PluginBench(new Plugin(), client).SolveAsync("code-pipeline", PluginBench.Options(settings), task: ReasoningTask.FromQuestion(Question), cancellationToken: TestContext.Current.CancellationToken);
}
