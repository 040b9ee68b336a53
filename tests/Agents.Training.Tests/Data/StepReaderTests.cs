using Agents.Training.Data;
using Agents.Training.Errors;

namespace Agents.Training.Tests.Data;

public sealed class StepReaderTests
{
    private static InMemoryExampleSource Source(params int[] lengths) =>
        new(lengths.Select((n, i) => TrainingExample.Text([.. Enumerable.Range(100 * i, n)])));

    private static StepReader Reader(InMemoryExampleSource source, PackingOptions options, bool shuffle = false) =>
        new(source, new ExampleOrder(1, source.Count, shuffle), options);

    private static PackingOptions Small(OverlongPolicy policy = OverlongPolicy.Refuse) =>
        new() { TokensPerStep = 10, RowsPerBatch = 6, MaximumSequence = 5, Overlong = policy };

    [Fact]
    public void Read_ExamplesUpToTheBudget_CountsGlobally()
    {
        StepBatch step = Reader(Source(4, 5, 3, 2), Small()).Read(0);

        Assert.Equal(2, step.NextPosition);
        Assert.Equal(9, step.Rows);
        Assert.Equal(2, step.Batches.Length);
        Assert.Equal(7, step.TokenWeight);
        Assert.Equal(new Agents.Learning.LossContext(7, 2, 2, 0.5), step.Context(0.5));
    }

    [Fact]
    public void Read_SamePosition_GivesTheSameStepEvenAfterOthers()
    {
        StepReader sut = Reader(Source(4, 5, 3, 2, 5, 1, 2), Small(), shuffle: true);
        StepBatch first = sut.Read(11);
        sut.Read(0);
        sut.Read(200);

        StepBatch again = sut.Read(11);

        Assert.Equal(first.Batches.SelectMany(b => b.TokenIds), again.Batches.SelectMany(b => b.TokenIds));
        Assert.Equal(first.NextPosition, again.NextPosition);
    }

    [Fact]
    public void Read_OverEpochs_VisitsEveryExampleOncePerEpoch()
    {
        InMemoryExampleSource source = Source(4, 5, 3, 2, 5, 1, 2);
        ExampleOrder order = new(5, source.Count);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            long[] seen = [.. Enumerable.Range(7 * epoch, 7).Select(i => order.IndexAt(i))];
            Assert.Equal([0, 1, 2, 3, 4, 5, 6], seen.Order());
        }
    }

    [Fact]
    public void IndexAt_OtherSeedOrEpoch_GivesAnotherOrder()
    {
        ExampleOrder order = new(5, 100);
        long[] first = [.. Enumerable.Range(0, 100).Select(i => order.IndexAt(i))];
        long[] second = [.. Enumerable.Range(100, 100).Select(i => order.IndexAt(i))];
        ExampleOrder other = new(6, 100);

        Assert.NotEqual(first, second);
        Assert.NotEqual(first, [.. Enumerable.Range(0, 100).Select(i => other.IndexAt(i))]);
    }

    [Fact]
    public void IndexAt_EndlessSource_IsThePosition()
    {
        Assert.Equal(long.MaxValue, new ExampleOrder(1, null).IndexAt(long.MaxValue));
    }

    [Fact]
    public void Read_OverlongExample_IsRefusedByName()
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Reader(Source(4, 12), Small()).Read(1));

        Assert.Contains("Example 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OverlongExampleKeepStart_CountsWhatIsCut()
    {
        StepBatch step = Reader(Source(12), Small(OverlongPolicy.KeepStart)).Read(0);

        // The second visit of the only example fills the step.
        Assert.Equal(14, step.CutTokens);
        Assert.Equal(10, step.Rows);
        Assert.Equal([0, 1, 2, 3, 4], step.Batches[0].TokenIds);
        Assert.Equal([1, 2, 3, 4, 5], step.Batches[0].Targets);
    }

    [Fact]
    public void Read_OverlongTextSplit_KeepsEveryTarget()
    {
        StepBatch step = Reader(Source(12), Small(OverlongPolicy.Split)).Read(0);

        Assert.Equal(12, step.Rows);
        Assert.Equal(Enumerable.Range(1, 11), step.Batches.SelectMany(b => b.Targets).Where(t => t >= 0).Order());
        Assert.All(step.Batches, b => Assert.All(b.SequenceStarts, s => Assert.Equal(0, b.Positions[s])));
    }

    [Fact]
    public void Read_NothingToLearn_IsAnError()
    {
        InMemoryExampleSource source = new([TrainingExample.FromSpans([1, 2, 3])]);

        Assert.Throws<TrainingException>(() => Reader(source, Small()).Read(0));
    }

    [Fact]
    public void Read_MalformedExample_IsAnError()
    {
        InMemoryExampleSource source = new([new TrainingExample { TokenIds = [1, 2], Weights = [1] }]);

        Assert.Throws<TrainingException>(() => Reader(source, Small()).Read(0));
    }

    [Fact]
    public void Fingerprint_AnyChange_ChangesIt()
    {
        string basis = Source(3, 4).Fingerprint;

        Assert.Equal(basis, Source(3, 4).Fingerprint);
        Assert.NotEqual(basis, Source(4, 3).Fingerprint);
        Assert.NotEqual(basis, new InMemoryExampleSource([TrainingExample.FromSpans([0, 1, 2]), TrainingExample.Text([100, 101, 102, 103])]).Fingerprint);
    }

    [Fact]
    public void Validate_SeveralSettingsOutOfRange_NamesAll()
    {
        PackingOptions sut = new() { MaximumSequence = 0, RowsPerBatch = -1, TokensPerStep = -1, Overlong = (OverlongPolicy)7 };

        ArgumentException error = Assert.Throws<ArgumentException>(sut.Validate);

        Assert.All(new[] { "longest sequence", "rows per batch", "tokens per step", "overlong" }, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }
}
