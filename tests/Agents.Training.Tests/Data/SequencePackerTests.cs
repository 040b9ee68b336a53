using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Data;

namespace Agents.Training.Tests.Data;

public sealed class SequencePackerTests
{
    private static TrainingExample Counting(int first, int count) => TrainingExample.Text([.. Enumerable.Range(first, count)]);

    [Fact]
    public void Pack_TwoSequences_RestartsPositionsAndShiftsTargets()
    {
        ImmutableArray<PackedBatch> batches = SequencePacker.Pack([SequencePiece.Whole(Counting(10, 3)), SequencePiece.Whole(Counting(20, 2))], 8);

        PackedBatch batch = Assert.Single(batches);
        Assert.Equal([10, 11, 12, 20, 21], batch.TokenIds);
        Assert.Equal([0, 1, 2, 0, 1], batch.Positions);
        Assert.Equal([11, 12, -1, 21, -1], batch.Targets);
        Assert.Equal([1, 1, 0, 1, 0], batch.Weights);
        Assert.Equal([0, 3], batch.SequenceStarts);
        Assert.Equal(3, batch.TargetCount);
        batch.Validate(30);
    }

    [Fact]
    public void Pack_SpanOfTargets_MasksThePrompt()
    {
        TrainingExample example = TrainingExample.FromSpans([5, 6, 7, 8], new TargetSpan(2, 1), new TargetSpan(3, 1));

        PackedBatch batch = SequencePacker.Pack([SequencePiece.Whole(example)], 4)[0];

        Assert.Equal([-1, 7, 8, -1], batch.Targets);
        Assert.Equal([0, 1, 1, 0], batch.Weights);
    }

    [Fact]
    public void Pack_LaterSequenceFitsAnEarlierBatch_GoesThere()
    {
        int[] lengths = [6, 5, 4, 3];

        ImmutableArray<PackedBatch> batches = SequencePacker.Pack([.. lengths.Select(n => SequencePiece.Whole(Counting(0, n)))], 10);

        Assert.Equal([10, 8], batches.Select(b => b.Rows));
        Assert.Equal([0, 6], batches[0].SequenceStarts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Pack_SequenceThatCannotFit_IsRefused(int length)
    {
        Assert.Throws<ArgumentException>(() => SequencePacker.Pack([SequencePiece.Whole(Counting(0, length))], 4));
    }

    [Fact]
    public void FromSpans_SpanLeavesTheSequence_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TrainingExample.FromSpans([1, 2], new TargetSpan(1, int.MaxValue)));
    }

    [Fact]
    public void Pack_ManyRandomSequences_KeepsEveryTokenOnce()
    {
        SampleStream random = new(3);
        List<SequencePiece> pieces = [];
        for (int i = 0; i < 200; i++)
        {
            pieces.Add(SequencePiece.Whole(Counting(1000 * i, 1 + random.NextInt(60))));
        }

        ImmutableArray<PackedBatch> batches = SequencePacker.Pack(pieces, 64);

        Assert.All(batches, b => Assert.InRange(b.Rows, 1, 64));
        Assert.Equal(
            pieces.SelectMany(p => p.Example.TokenIds).Order(),
            batches.SelectMany(b => b.TokenIds).Order());
        Assert.Equal(pieces.Sum(p => p.Count - 1), batches.Sum(b => b.TargetCount));
    }
}
