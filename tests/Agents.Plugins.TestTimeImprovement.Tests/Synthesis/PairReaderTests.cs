using Agents.Plugins.TestTimeImprovement.Synthesis;

namespace Agents.Plugins.TestTimeImprovement.Tests.Synthesis;

public sealed class PairReaderTests
{
    [Theory]
    [InlineData("""{"question": "q?", "answer": "a"}""", "q?", "a")]
    [InlineData("```json\n{\"answer\": \"a\", \"question\": \" q? \"}\n```", "q?", "a")]
    [InlineData("<think>{\"question\": \"x\"}</think>{\"question\": \"q?\", \"answer\": \"a\"}", "q?", "a")]
    [InlineData("""{"question": "q?", "answer": {"name": "buy"}}""", "q?", """{"name": "buy"}""")]
    [InlineData("q?\n1+1=2\nanswer: 2", "q?", "1+1=2\nanswer: 2")]
    public void Read_EitherForm_GivesThePair(string reply, string question, string answer) => Assert.Equal(new SyntheticPair(question, answer), PairReader.Read(reply));

    [Theory]
    [InlineData("")]
    [InlineData("only one line")]
    [InlineData("q?\n")]
    [InlineData("""{"question": "q?"}""")]
    [InlineData("""{"question": 1, "answer": "a"}""")]
    [InlineData("""{"question": "q?", "answer": """)]
    [InlineData("""{"question": "", "answer": "a"}""")]
    [InlineData("{\n\"question\": \"q?\"")]
    public void Read_Neither_IsNone(string reply) => Assert.Null(PairReader.Read(reply));

    [Fact]
    public void Read_HugeOrDeep_IsNone()
    {
        Assert.Null(PairReader.Read("q\n" + new string('a', 1 << 17)));
        Assert.Null(PairReader.Read($$"""{"question": "q", "answer": {{new string('[', 99)}}{{new string(']', 99)}}}"""));
    }

    [Fact]
    public void ToString_OfPairs_HasOneLineEach() =>
        Assert.Equal("q => a | b\nr => c", new SyntheticPairs([new SyntheticPair("q", "a\nb"), new SyntheticPair("r", "c")]).ToString());
}
