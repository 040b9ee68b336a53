using Agents.Programs.Flow;

namespace Agents.Programs.Tests;

public sealed class BlockTests
{
    [Fact]
    public void Of_TheSpecificationsProgram_HasItsFourBlocks()
    {
        FlowGraph graph = FlowGraph.Of(Sources.Parse(Sources.SumBelow));

        Assert.Equal(["s=0;i=1", "while i<n", "s=s+i;i=i+1", "return s"], graph.Blocks.Select(block => block.Source));
        Assert.Equal([[1], [2, 3], [1], []], graph.Blocks.Select(block => block.Successors.ToArray()));
        Assert.Equal([(1, 2), (3, 3), (4, 5), (6, 6)], graph.Blocks.Select(block => (block.FirstLine, block.LastLine)));
        Assert.Equal(2, graph.BlockOf(5).Id);
    }

    [Fact]
    public void Of_Branches_TestEndsItsBlockAndBranchesMeet()
    {
        FlowGraph graph = FlowGraph.Of(Sources.Parse(Sources.OddOver));

        Assert.Equal(["s=0;i=0", "while i<#l", "x=l[i];if x%2==1 and x>3", "s=s+x", "s=s-1", "i=i+1", "return s+2"], graph.Blocks.Select(block => block.Source));
        Assert.Equal([[1], [2, 6], [3, 4], [5], [5], [1], []], graph.Blocks.Select(block => block.Successors.ToArray()));
        Assert.Equal([1, 2], graph.Blocks.Where(block => block.EndsInTest).Select(block => block.Id));
    }

    [Theory]
    [InlineData("f(n):while n>0:{}return n", "0 1|")]
    [InlineData("f(n):if n>0:{}return n", "1|")]
    [InlineData("f(n):if n>0:{return 1}return 2", "1 2||")]
    [InlineData("f(n):return 1;n=2", "|")]
    [InlineData("f(n):if n>0:{n=1}else:{}n=2;return n", "1 2|2|")]
    public void Of_OddShapes_EdgesAreRight(string source, string edges)
    {
        // Blocks are separated by bars. The loop without a body is its own successor.
        string found = string.Join('|', FlowGraph.Of(Sources.Parse(source)).Blocks.Select(block => string.Join(' ', block.Successors)));

        Assert.Equal(edges, found);
    }

    [Fact]
    public void Trace_TheSpecificationsVector_SevenVisitsWithTheirStates()
    {
        BlockTrace trace = BlockTracer.Trace(Sources.Parse(Sources.SumBelow), [Sources.Integer(3)]);

        Assert.Equal([0, 1, 2, 1, 2, 1, 3], trace.Visits.Select(visit => visit.BlockId));
        Assert.Equal(7, trace.TotalVisits);
        Assert.Equal(new Dictionary<string, string> { ["s"] = "0", ["i"] = "1" }, trace.Visits[0].StateAfter);
        Assert.Equal(new Dictionary<string, string> { ["s"] = "1", ["i"] = "2" }, trace.Visits[2].StateAfter);
        Assert.Equal(new Dictionary<string, string> { ["s"] = "3", ["i"] = "3" }, trace.Visits[4].StateAfter);
        Assert.Equal([null, true, null, true, null, false, null], trace.Visits.Select(visit => visit.Outcome));
        Assert.Equal(Sources.Integer(3), trace.Result.Value);
    }

    [Fact]
    public void Indices_TheSpecificationsVector_NoneTwice()
    {
        Assert.Equal([0, 1, 2, 3, 4, 9, 10, 11, 12, 13], TraceCap.Indices(14, 10));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], TraceCap.Indices(7, 10));
        Assert.Equal([0, 1, 4], TraceCap.Indices(5, 3));
        Assert.Equal([0], TraceCap.Indices(5, 1));
        Assert.Empty(TraceCap.Indices(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => TraceCap.Indices(1, 0));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9)]
    [InlineData(3)]
    [InlineData(1)]
    [InlineData(1_000)]
    public void Trace_AnyCap_KeepsWhatTheIndicesSay(int cap)
    {
        MiniProgram program = Sources.Parse(Sources.SumTo);
        IReadOnlyList<BlockVisit> all = BlockTracer.Trace(program, [Sources.Integer(20)], null, int.MaxValue >> 16).Visits;

        BlockTrace capped = BlockTracer.Trace(program, [Sources.Integer(20)], null, cap);

        Assert.Equal(all.Count, capped.TotalVisits);
        Assert.Equal(
            TraceCap.Indices(all.Count, cap).Select(i => (all[i].BlockId, State(all[i]))),
            capped.Visits.Select(visit => (visit.BlockId, State(visit))));

        static string State(BlockVisit visit) => string.Join(' ', visit.StateAfter);
    }

    [Fact]
    public void Trace_AnEndlessLoop_EndsWithTheLimitAndTheCap()
    {
        BlockTrace trace = BlockTracer.Trace(Sources.Parse("f(n):while 1==1:{n=n+1}return n"), [Sources.Integer(0)]);

        Assert.Equal(10, trace.Visits.Count);
        Assert.Equal(10_001, trace.TotalVisits);
        Assert.True(trace.Visits[^1].Failed);
        Assert.Equal("too many steps", trace.Result.Failure!.Message);
    }

    [Fact]
    public void Trace_FailureInsideABlock_ShowsTheStateThere()
    {
        BlockTrace trace = BlockTracer.Trace(Sources.Parse("f(l):i=2;x=l[i];return x"), [ProgramValue.List(1)]);

        BlockVisit visit = Assert.Single(trace.Visits);
        Assert.True(visit.Failed);
        Assert.Equal("2", visit.StateAfter["i"]);
        Assert.Equal("i=2;x=l[i];return x > failed i=2", TraceText.Write(trace));
    }

    [Fact]
    public void Trace_Parameters_ShowOnlyWhereTheyAreAssigned()
    {
        Assert.DoesNotContain("n", BlockTracer.Trace(Sources.Parse(Sources.SumTo), [Sources.Integer(3)]).Visits[0].StateAfter.Keys);
        Assert.Equal("0", BlockTracer.Trace(Sources.Parse("f(n):while n>0:{n=n/10}return n"), [Sources.Integer(3)]).Visits[^1].StateAfter["n"]);
    }

    [Fact]
    public void Shorten_LongText_KeepsFiftyAndFifty()
    {
        string text = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i:000}"));

        Assert.Equal(text[..50] + "..." + text[^50..], ValueText.Shorten(text));
        Assert.Equal(text[..100], ValueText.Shorten(text[..100]));
        Assert.Equal(text[..101][..50] + "..." + text[..101][^50..], ValueText.Shorten(text[..101]));
    }

    [Fact]
    public void Trace_LongList_IsShortened()
    {
        BlockTrace trace = BlockTracer.Trace(Sources.Parse("f(l):r=l+l;return r"), [ProgramValue.List([.. Enumerable.Range(10, 60).Select(i => (long)i)])]);

        Assert.Equal(103, trace.Visits[0].StateAfter["r"].Length);
    }

    [Fact]
    public void Write_CappedTrace_SaysHowManyAreMissing()
    {
        string text = TraceText.Write(BlockTracer.Trace(Sources.Parse(Sources.SumBelow), [Sources.Integer(9)], null, 4));

        Assert.Equal("s=0;i=1 > s=0 i=1\nwhile i<n > yes\n... 15 more\nwhile i<n > no\nreturn s > s=36 i=9", text);
    }
}
