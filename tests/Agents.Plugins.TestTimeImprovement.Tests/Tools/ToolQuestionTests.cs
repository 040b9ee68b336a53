using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Tools;

public sealed class ToolQuestionTests
{
    [Fact]
    public void Read_LineWithAliases_FindsFunctionsAndRequest()
    {
        ToolQuestion question = ToolQuestion.Read("tools: qa=timer(min) buy(n,item) now(). user: order 3 eggs. quickly")!;

        Assert.Equal(["qa", "buy", "now"], question.Tools.Select(tool => tool.Callable));
        Assert.Equal([1, 2, 0], question.Tools.Select(tool => tool.Parameters.Count));
        Assert.Equal(("order 3 eggs. quickly", true), (question.Request, question.IsUnambiguous));
    }

    [Theory]
    [InlineData("tools: . user: x")]
    [InlineData("tools: timer(min) user: x")]
    [InlineData("tools: timer(min). user: ")]
    [InlineData("tools: timer(min). user: a\nb")]
    [InlineData("timer(min). user: x")]
    [InlineData("Tools: timer(min). user: x")]
    [InlineData("tools: timer(min)  buy(n). user: x")]
    [InlineData("tools: tools: timer(min). user: x")]
    [InlineData("tools: timer(mi;n). user: x")]
    [InlineData("tools: (min). user: x")]
    [InlineData("tools: timer(min). user:  x")]
    [InlineData("What is two times three?")]
    [InlineData("")]
    public void Read_OtherText_IsNone(string text) => Assert.Null(ToolQuestion.Read(text));

    [Theory]
    [InlineData("tools: a(x,  y ,)b() . user: go", "a:2 b:0")]
    [InlineData(" tools: größe(né). user: go ", "größe:1")]
    [InlineData("tools: a=b=c(x) =d(y) e=(z) f(w). user: go", ":0 :0 :0 f:1")]
    public void Read_UnusualSignatures_AreReadAsFarAsTheyFit(string text, string expected)
    {
        ToolQuestion question = ToolQuestion.Read(text)!;

        Assert.Equal(expected, string.Join(' ', question.Tools.Select(tool => $"{tool.Name}:{tool.Parameters.Count}")));
        Assert.Equal("go", question.Request);
    }

    [Theory]
    [InlineData("tools: qa=timer(min) qa=buy(n,item). user: x")]
    [InlineData("tools: timer(min) timer(min). user: x")]
    public void IsUnambiguous_FunctionOrAliasTwice_IsFalse(string text) => Assert.False(ToolQuestion.Read(text)!.IsUnambiguous);

    [Theory]
    [InlineData("buy(12, eggs)", "buy", "12|eggs")]
    [InlineData(" add(1,2) ", "add", "1|2")]
    [InlineData("buy 12", null, null)]
    [InlineData("buy(1(2))", null, null)]
    [InlineData(null, null, null)]
    public void Call_Answer_IsReadOrNone(string? answer, string? name, string? arguments)
    {
        (string Name, IReadOnlyList<string> Arguments)? call = ToolQuestion.Call(answer);

        Assert.Equal((name, arguments), (call?.Name, call is { } read ? string.Join('|', read.Arguments) : null));
    }

    [Fact]
    public void CandidateActions_OfALine_AreTheCallables()
    {
        CandidateActions plain = CandidateActions.Of(ReasoningTask.FromQuestion("tools: timer(min) buy(n,item). user: order 3 eggs"))!;
        CandidateActions aliased = CandidateActions.Of(ReasoningTask.FromQuestion("tools: qa=timer(min) ub=buy(n,item). user: order 3 eggs"), "call: ")!;

        Assert.Equal(("timer buy", "tool: "), (string.Join(' ', plain.Names), plain.Prefix));
        Assert.Equal(("qa ub", "call: "), (string.Join(' ', aliased.Names), aliased.Prefix));
        Assert.Equal(["timer is qa", "buy is qa"], aliased.Actions[0].Forms);
        Assert.Null(CandidateActions.Of(ReasoningTask.FromQuestion("What is two times three?")));
    }

    [Fact]
    public void CandidateActions_OfOptions_AreTheOfferedFunctions()
    {
        AITool[] tools = [AIFunctionFactory.Create((int min) => min, "timer"), AIFunctionFactory.Create((int n) => n, "buy")];
        ReasoningTask task = ReasoningTask.FromQuestion("Order 3 eggs.") with { Options = new ChatOptions { Tools = tools } };

        CandidateActions actions = CandidateActions.Of(task)!;

        Assert.Equal(("timer buy", "<tool_call>", "{\"name\": \""), (string.Join(' ', actions.Names), actions.Marker, actions.Prefix));
        Assert.Null(CandidateActions.Of(task with { Options = new ChatOptions { Tools = tools, ToolMode = ChatToolMode.None } }));
    }
}
