using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Synthesis;

public sealed class PairCheckTests
{
    private const string Seed = "tools: timer(min) buy(n,item). user: order 3 eggs";

    [Theory]
    [InlineData("tools: timer(min) sell(n,item). user: boil for 9 min", "tool: timer\nAnswer: timer(9)", null)]
    [InlineData("tools: qa=timer(min) ub=sell(n,item). user: boil for 9 min", "tool: timer is qa\nAnswer: qa(9)", null)]
    [InlineData("tools: timer(min)  buy(n,item). user: order 3 figs", "Answer: buy(3,figs)", "no list of functions")]
    [InlineData(" Tools: timer(min) buy(n,item). user: order 3 EGGS", "Answer: buy(3,eggs)", "repeats the seed")]
    [InlineData("tools: timer(min). user: x", "tool: timer", "no final answer")]
    [InlineData("Boil for 9 min.", "Answer: timer(9)", "no list of functions")]
    [InlineData("tools: timer(min) timer(min). user: x", "Answer: timer(9)", "a function is offered twice")]
    [InlineData("tools: timer(min). user: x", "Answer: nine", "no call")]
    [InlineData("tools: timer(min). user: x", "Answer: buy(3,eggs)", "there is no function buy")]
    [InlineData("tools: timer(min). user: x", "Answer: timer(3,eggs)", "timer with 2 arguments")]
    [InlineData("tools: qa=timer(min) ub=call(who). user: x", "tool: timer is ub\nAnswer: ub(3)", "the function is not timer is ub")]
    public void Reason_OfAToolPair_IsWhatIsWrong(string question, string answer, string? expected) => Assert.Equal(expected, Reason(Seed, question, answer));

    [Theory]
    [InlineData("What is two times five?", "Answer: 10", null)]
    [InlineData("what is  THREE times four?", "Answer: 12", "repeats the seed")]
    [InlineData("What is two times five?", "Ten.", "no final answer")]
    public void Reason_OfAnOpenPair_IsWhatIsWrong(string question, string answer, string? expected) => Assert.Equal(expected, Reason("What is three times four?", question, answer));

    [Fact]
    public void Reason_OfAKnownPairOrNone_IsARefusal()
    {
        var check = new PairCheck(ReasoningTask.FromQuestion("What is three times four?"), LabelledAnswerFormat.Instance);

        Assert.Equal("no pair", check.Reason(null, [], out _));
        Assert.Equal("repeats another pair", check.Reason(new SyntheticPair("Q  q", "Answer: 1"), [new SyntheticPair("q Q", "Answer: 2")], out _));
    }

    [Theory]
    [InlineData("""{"name": "buy", "arguments": {"n": 3, "item": "eggs"}}""", null)]
    [InlineData("""{"name": "rent", "arguments": {}}""", "there is no function rent")]
    [InlineData("""{"name": "buy", "arguments": {"n": 3}}""", "arguments that do not fit buy")]
    [InlineData("""{"name": "buy", "arguments": {"n": 3, "item": "eggs", "why": 1}}""", "arguments that do not fit buy")]
    [InlineData("""{"name": "buy"}""", "no call")]
    [InlineData("buy(3,eggs)", "no call")]
    public void Reason_WithOfferedFunctions_ChecksTheCall(string answer, string? expected)
    {
        AITool[] tools = [AIFunctionFactory.Create((int n, string item) => n, "buy")];
        var check = new PairCheck(ReasoningTask.FromQuestion("Order 3 eggs.") with { Options = new ChatOptions { Tools = tools } }, LabelledAnswerFormat.Instance);

        Assert.Equal(expected, check.Reason(new SyntheticPair("Order 4 figs.", answer), [], out SyntheticPair accepted));
        Assert.Equal(expected is null ? "buy" : null, accepted.Call?.Name);
        Assert.Equal(expected is null, accepted.Target.Contents[0] is FunctionCallContent);
    }

    private static string? Reason(string seed, string question, string answer) =>
        new PairCheck(ReasoningTask.FromQuestion(seed), LabelledAnswerFormat.Instance).Reason(new SyntheticPair(question, answer), [], out _);
}
