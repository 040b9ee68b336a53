using Agents.Runtime.Tracing;
using Agents.Testing;
using Agents.Tracing;

namespace Agents.Runtime.Tests.Tracing;

public sealed class TraceRecorderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void End_AfterTimePassed_StoresStartDurationAndContent()
    {
        var sut = new TraceRecorder(_clock);
        int root = sut.Begin(null, TraceNodeKind.Strategy, "vote");
        _clock.Advance(TimeSpan.FromSeconds(1));
        int call = sut.Begin(root, TraceNodeKind.Call, "verifier", "verifier", "m");
        _clock.Advance(TimeSpan.FromSeconds(2));

        sut.End(call, new TraceOutcome { Text = "yes", PromptTokens = 3 });

        TraceNode node = sut.Node(call);
        Assert.Equal((root, TimeSpan.FromSeconds(1), (TimeSpan?)TimeSpan.FromSeconds(2), "yes", 3), (node.ParentId, node.Start, node.Duration, node.Text, node.PromptTokens));
        Assert.Null(sut.Node(root).Duration);
        Assert.Null(node.Reward);
    }

    [Fact]
    public void End_ClosedNode_StaysAsItIs()
    {
        var sut = new TraceRecorder(_clock);
        int id = sut.Begin(null, TraceNodeKind.Call, "default");
        sut.End(id, new TraceOutcome { Text = "first" });

        sut.End(id, new TraceOutcome { Text = "second" });

        Assert.Equal("first", sut.Node(id).Text);
    }

    [Fact]
    public void Snapshot_LaterChanges_AreNotSeen()
    {
        var sut = new TraceRecorder(_clock);
        int id = sut.Begin(null, TraceNodeKind.Strategy, "s");
        IReadOnlyList<TraceNode> before = sut.Snapshot();

        sut.Note(id, "answer", "1");
        sut.Note(id, "answer", "2");
        sut.SetValue(id, 0.5);
        sut.SetReward(id, -1);

        Assert.Empty(before[0].Notes);
        Assert.Equal("2", sut.Node(id).Notes["answer"]);
        Assert.Equal((0.5, -1), (sut.Node(id).Value, sut.Node(id).Reward));
    }

    [Fact]
    public void CloseBelow_OpenDescendants_AreClosedAndNotedOthersStay()
    {
        var sut = new TraceRecorder(_clock);
        int root = sut.Begin(null, TraceNodeKind.Strategy, "s");
        int other = sut.Begin(root, TraceNodeKind.Step, "other");
        int step = sut.Begin(root, TraceNodeKind.Step, "step");
        int call = sut.Begin(step, TraceNodeKind.Call, "default");

        int closed = sut.CloseBelow(step);

        Assert.Equal(1, closed);
        Assert.Equal("true", sut.Node(call).Notes["leftOpen"]);
        Assert.Null(sut.Node(step).Duration);
        Assert.Null(sut.Node(other).Duration);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void SetValue_OutsideUnit_Throws(double value)
    {
        var sut = new TraceRecorder(_clock);
        int id = sut.Begin(null, TraceNodeKind.Strategy, "s");

        Assert.Throws<ArgumentOutOfRangeException>(() => sut.SetValue(id, value));
    }

    [Fact]
    public void AnyMember_UnknownNode_Throws()
    {
        var sut = new TraceRecorder(_clock);

        Assert.Throws<ArgumentOutOfRangeException>(() => sut.Begin(0, TraceNodeKind.Step, "s"));
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.End(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => sut.Note(-1, "k", "v"));
    }

    [Fact]
    public void Begin_ManyThreads_IdsAreUniqueAndParentsComeFirst()
    {
        var sut = new TraceRecorder(_clock);
        int root = sut.Begin(null, TraceNodeKind.Strategy, "s");

        Parallel.For(0, 1000, i => sut.End(sut.Begin(root, TraceNodeKind.Call, "default"), new TraceOutcome { PromptTokens = 1 }));

        IReadOnlyList<TraceNode> nodes = sut.Snapshot();
        Assert.Equal(Enumerable.Range(0, 1001), nodes.Select(node => node.Id));
        Assert.All(nodes.Skip(1), node => Assert.Equal((root, 1L), (node.ParentId, node.PromptTokens)));
    }

    [Fact]
    public void Note_InPlaceOfAnother_LeavesWhatWasHandedOut()
    {
        var sut = new TraceRecorder(_clock);
        int id = sut.Begin(null, TraceNodeKind.Strategy, "s");
        sut.Note(id, "k", "first");
        TraceNode before = sut.Node(id);

        sut.SetValue(id, 0.5);
        sut.Note(id, "k", "second");
        sut.Note(id, "other", "v");

        Assert.Equal([new("k", "first")], before.Notes);
        Assert.Equal([new("k", "second"), new("other", "v")], sut.Node(id).Notes);
    }

    [Fact]
    public void Complete_LaterWrites_GoNowhere()
    {
        var sut = new TraceRecorder(_clock);
        int root = sut.Begin(null, TraceNodeKind.Strategy, "s");
        sut.Note(root, "k", "v");
        IReadOnlyList<TraceNode> nodes = sut.Complete();

        int late = sut.Begin(root, TraceNodeKind.Call, "default");
        sut.Note(late, "k", "late");
        sut.Note(root, "k", "late");
        sut.SetValue(root, 1);
        sut.SetReward(late, 1);
        sut.End(late);

        Assert.Equal(0, sut.CloseBelow(root));
        Assert.Same(nodes, sut.Snapshot());
        Assert.Equal(("v", null), (Assert.Single(nodes).Notes["k"], nodes[0].Value));
    }

    [Fact]
    public void Snapshot_ManyRecordersAtOnce_KeepsEachOnesNodes()
    {
        Parallel.For(0, 200, i =>
        {
            var sut = new TraceRecorder(_clock);
            int root = sut.Begin(null, TraceNodeKind.Strategy, $"s{i}");
            for (int call = 0; call < i; call++)
            {
                sut.Note(sut.Begin(root, TraceNodeKind.Call, "default"), "of", $"{i}");
            }

            IReadOnlyList<TraceNode> nodes = sut.Complete();

            Assert.Equal((i + 1, $"s{i}"), (nodes.Count, nodes[0].Name));
            Assert.All(nodes.Skip(1), node => Assert.Equal($"{i}", node.Notes["of"]));
        });
    }

    [Fact]
    public void Node_BegunAfterTheEnd_IsRefusedByName()
    {
        var sut = new TraceRecorder(TimeProvider.System);
        int root = sut.Begin(null, TraceNodeKind.Strategy, "direct");
        sut.Complete();
        int late = sut.Begin(root, TraceNodeKind.Step, "late");

        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => sut.Node(late));

        Assert.Contains("began after the request had ended", error.Message, StringComparison.Ordinal);
        Assert.Equal("direct", sut.Node(root).Name);
    }
}
