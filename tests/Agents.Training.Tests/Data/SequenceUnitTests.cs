using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Data;

namespace Agents.Training.Tests.Data;

public sealed class SequenceUnitTests
{
    private static SequencePiece Piece(int first, int count, TokenColumns? columns = null) =>
        SequencePiece.Whole(TrainingExample.Text([.. Enumerable.Range(first, count)]) with { Columns = columns });

    [Fact]
    public void PackUnits_UnitDoesNotFit_OpensANewBatchAndStaysWhole()
    {
        ImmutableArray<PackedBatch> batches = SequencePacker.PackUnits(
            [new SequenceUnit([Piece(0, 5)]), new SequenceUnit([Piece(10, 3), Piece(20, 3)]), new SequenceUnit([Piece(30, 3)])], 8);

        Assert.Equal([8, 6], batches.Select(batch => batch.Rows));
        Assert.Equal([10, 11, 12, 20, 21, 22], batches[1].TokenIds);
        Assert.Equal([0, 3], batches[1].SequenceStarts);
    }

    [Fact]
    public void PackUnits_RandomPairs_KeepsPartnersTogetherAndEveryTokenOnce()
    {
        SampleStream random = new(8);
        SequenceUnit[] units = [.. Enumerable.Range(0, 120).Select(i => new SequenceUnit([Piece(2000 * i, 1 + random.NextInt(20)), Piece((2000 * i) + 1000, 1 + random.NextInt(20))]))];

        ImmutableArray<PackedBatch> batches = SequencePacker.PackUnits(units, 48);

        foreach (PackedBatch batch in batches)
        {
            int[] firsts = [.. batch.SequenceStarts.Select(start => batch.TokenIds[start])];
            Assert.All(firsts.Chunk(2), pair => Assert.Equal(pair[0] + 1000, pair[1]));
        }

        Assert.Equal(units.SelectMany(unit => unit.Pieces).SelectMany(piece => piece.Example.TokenIds).Order(), batches.SelectMany(batch => batch.TokenIds).Order());
    }

    [Fact]
    public void PackUnits_UnitLongerThanABatchOrEmpty_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SequencePacker.PackUnits([new SequenceUnit([Piece(0, 5), Piece(0, 4)])], 8));
        Assert.Throws<ArgumentException>(() => SequencePacker.PackUnits([new SequenceUnit([])], 8));
        Assert.Throws<ArgumentException>(() => SequencePacker.PackUnits([default], 8));
    }

    [Fact]
    public void Pack_Columns_FollowTheirTargets()
    {
        TokenColumns first = new() { Advantage = [9, 1, 2], SequenceLabel = [1] };
        TokenColumns second = new() { Advantage = [9, 3], SequenceLabel = [-1] };

        PackedBatch batch = SequencePacker.Pack([Piece(0, 3, first), Piece(5, 2, second)], 8)[0];

        Assert.Equal([1, 2, 0, 3, 0], batch.Columns!.Advantage);
        Assert.Equal([1, -1], batch.Columns.SequenceLabel);
        Assert.Empty(batch.Columns.OldLogProbability);
        batch.Validate(10);
    }

    [Fact]
    public void Pack_NoColumns_HasNone() => Assert.Null(SequencePacker.Pack([Piece(0, 3)], 8)[0].Columns);

    [Fact]
    public void Pack_ColumnMissingInOneSequenceOrOfOtherLength_IsNamed()
    {
        ArgumentException missing = Assert.Throws<ArgumentException>(() => SequencePacker.Pack([Piece(0, 2, new TokenColumns { Correction = [1, 1] }), Piece(0, 2)], 8));
        ArgumentException length = Assert.Throws<ArgumentException>(() => SequencePacker.Pack([Piece(0, 2, new TokenColumns { Correction = [1] })], 8));
        ArgumentException labels = Assert.Throws<ArgumentException>(() => SequencePacker.Pack([Piece(0, 2, new TokenColumns { SequenceLabel = [1, 1] })], 8));

        Assert.Contains("Correction", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Correction", length.Message, StringComparison.Ordinal);
        Assert.Contains("labels", labels.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_OtherColumns_Differs()
    {
        string plain = new InMemoryExampleSource([TrainingExample.Text([1, 2])]).Fingerprint;
        string labelled = new InMemoryExampleSource([TrainingExample.Text([1, 2]) with { Columns = new TokenColumns { SequenceLabel = [1] } }]).Fingerprint;

        Assert.NotEqual(plain, labelled);
    }

    [Fact]
    public void Context_Units_AreCounted()
    {
        StepBatch batch = new([], 0, 0, 0, 4, 6, 0);

        Assert.Equal(6, batch.Context(0).Units);
        Assert.Equal((3, 6, 0.5), ((batch with { Units = 3, ReferencePoint = 0.5 }).Context(0) is var context) ? (context.Units, context.Sequences, context.ReferencePoint) : default);
    }
}
