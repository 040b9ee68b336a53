using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;

namespace Agents.Plugins.CodePipeline.Tests.Tracing;

public sealed class TraceTextTests
{
    // papers/62 §5, vector 2.
    [Theory]
    [InlineData(14, 10, new[] { 0, 1, 2, 3, 4, 9, 10, 11, 12, 13 })]
    [InlineData(7, 10, new[] { 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData(10, 10, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [InlineData(11, 10, new[] { 0, 1, 2, 3, 4, 6, 7, 8, 9, 10 })]
    [InlineData(5, 3, new[] { 0, 1, 4 })]
    [InlineData(3, 1, new[] { 0 })]
    [InlineData(0, 10, new int[0])]
    public void Indices_CountAndCap_FirstAndLastOnce(int count, int cap, int[] indices) => Assert.Equal(indices, VisitCap.Indices(count, cap));

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(3, 0)]
    public void Indices_OutOfRange_Throws(int count, int cap) => Assert.ThrowsAny<ArgumentOutOfRangeException>(() => VisitCap.Indices(count, cap));

    [Fact]
    public void Shortened_MoreThanTheCap_FirstAndLastHalf()
    {
        string value = string.Concat(Enumerable.Range(0, 101).Select(i => (char)('a' + (i % 26))));

        Assert.Equal(value[..50] + "..." + value[^50..], TraceText.Shortened(value, 100));
        Assert.Equal(value[..100], TraceText.Shortened(value[..100], 100));
        Assert.Equal("aaaa...", TraceText.Shortened("aaaa\U0001F600\U0001F600bbbb", 10)[..7]);
    }

    [Fact]
    public void Render_LongTrace_SaysHowManyAreLeftOut()
    {
        BlockVisit[] visits = [.. Enumerable.Range(0, 20).Select(i => new BlockVisit(i, i + 1, i + 1, $"x = {i}", new Dictionary<string, string> { ["x"] = $"{i}" }))];

        string text = TraceText.Render(new TraceReport(visits, 100, "done"), 4, 100);

        Assert.Equal("B0 line 1: x = 0\n  x=0\nB1 line 2: x = 1\n  x=1\n... 96 visits left out\nB18 line 19: x = 18\n  x=18\nB19 line 20: x = 19\n  x=19\nresult: done", text);
    }

    [Fact]
    public void Render_NothingTraced_TheErrorStandsAlone() => Assert.Equal("too late", TraceText.Render(TraceReport.Failed("too late"), 10, 100));

    [Fact]
    public void Write_Trace_KeepsTheContract()
    {
        var trace = new TraceReport([new BlockVisit(1, 2, 3, "a < \"b\"", new Dictionary<string, string> { ["a"] = "'ä'" })], 5, null, "no");

        Assert.Equal("""{"visits":[{"blockId":1,"firstLine":2,"lastLine":3,"source":"a < \"b\"","stateAfter":{"a":"'ä'"}}],"total":5,"error":"no"}""", TraceJson.Write(trace, 10, 100));
    }
}
