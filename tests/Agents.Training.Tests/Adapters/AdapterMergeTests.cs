using Agents.Learning;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>Adapters into weights, back, and out of weights.</summary>
public sealed unsafe class AdapterMergeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static AdapterTrainer<float> Trainer(DecoderWeights<float> weights, AdapterKind kind = AdapterKind.Lora, int rank = 3)
    {
        AdapterTrainer<float> trainer = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Kind = kind, Rank = rank } });
        AdapterRun.Disturb(trainer, spread: 0.05);
        return trainer;
    }

    private static float[] Flat(DecoderWeights<float> weights) => new ReadOnlySpan<float>(weights.Data, (int)weights.Length).ToArray();

    private static float[] LogProbabilities(DecoderWeights<float> weights, PackedBatch batch)
    {
        using AdapterTrainer<float> plain = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40 });
        float[] result = new float[batch.Rows];
        plain.BaseLogProbabilities(batch, result);
        return result;
    }

    private static void AssertNear(float[] expected, float[] actual, double tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));

    [Fact]
    public void Into_ThenUndo_GivesTheOriginalBits()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        float[] original = Flat(weights);
        using AdapterTrainer<float> trainer = Trainer(weights);
        using LoraAdapter adapter = trainer.ToAdapter("a");

        using MergedWeights merged = AdapterMerge.Into(weights, adapter, -0.7);
        float[] changed = Flat(weights);
        merged.Undo();

        Assert.NotEqual(original, changed);
        Assert.Equal(original, Flat(weights));
        Assert.True(merged.Bytes > 0);
    }

    [Fact]
    public void Into_WholeAdapter_SaysWhatTheAdapterSays()
    {
        using DecoderWeights<float> weights = SeededModel.Weights("qwen2");
        using AdapterTrainer<float> trainer = Trainer(weights);
        using LoraAdapter adapter = trainer.ToAdapter("a");
        PackedBatch batch = TestBatches.Packed(320, 4, 9, 14);
        float[] expected = new float[batch.Rows];
        trainer.LogProbabilities(batch, expected);
        float[] before = LogProbabilities(weights, batch);

        using MergedWeights merged = AdapterMerge.Into(weights, adapter);

        AssertNear(expected, LogProbabilities(weights, batch), 1e-3);
        Assert.NotEqual(before, expected);
    }

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Dora)]
    public void MergeInto_OfAStoredBase_SaysWhatTheTrainerSays(AdapterKind kind)
    {
        using DecoderWeights<float> stored = AdapterRun.Stored("qwen2", tied: true, ElementType.F32);
        using AdapterTrainer<float> trainer = Trainer(stored, kind);
        PackedBatch batch = TestBatches.Packed(320, 4, 9, 14);
        float[] expected = new float[batch.Rows];
        trainer.LogProbabilities(batch, expected);
        using DecoderWeights<float> target = stored.ToSingle();
        float[] before = LogProbabilities(target, batch);

        trainer.MergeInto(target);

        AssertNear(expected, LogProbabilities(target, batch), 1e-3);
        Assert.True(before.Zip(expected, (a, b) => Math.Abs(a - b)).Max() > 0.02);
        Assert.Throws<ArgumentException>(() => trainer.MergeInto(stored));
    }

    [Fact]
    public void Extraction_OfAMergedAdapter_FindsIt()
    {
        using DecoderWeights<float> before = SeededModel.Weights();
        using DecoderWeights<float> after = SeededModel.Weights();
        using AdapterTrainer<float> trainer = Trainer(before);
        using LoraAdapter adapter = trainer.ToAdapter("a");
        using MergedWeights merged = AdapterMerge.Into(after, adapter);
        float[] expected = Flat(after);

        ExtractedAdapter extracted = AdapterExtraction.Of("again", before, after, rank: 3, cancellationToken: Stop);

        using LoraAdapter again = extracted.Adapter;
        using MergedWeights mergedAgain = AdapterMerge.Into(before, again);
        Assert.All(extracted.Residuals.Values, residual => Assert.InRange(residual, 0, 1e-5));
        AssertNear(expected, Flat(before), 1e-5);
        Assert.Equal(adapter.Matrices.Length, again.Matrices.Length);
        Assert.Equal(again.Hash, AdapterExtraction.Of("again", SeededModel.Weights(), after, 3, null, Stop).Adapter.Hash);
    }

    [Fact]
    public void Extraction_SmallerRank_SaysWhatIsLost()
    {
        using DecoderWeights<float> before = SeededModel.Weights();
        using DecoderWeights<float> after = SeededModel.Weights();
        using AdapterTrainer<float> trainer = Trainer(before, rank: 5);
        using LoraAdapter adapter = trainer.ToAdapter("a");
        using MergedWeights merged = AdapterMerge.Into(after, adapter);

        ExtractedAdapter one = AdapterExtraction.Of("x", before, after, 1, ["q_proj"], Stop);
        ExtractedAdapter four = AdapterExtraction.Of("x", before, after, 4, ["q_proj"], Stop);

        Assert.Equal(3, one.Residuals.Count);
        Assert.All(one.Residuals, pair => Assert.InRange(pair.Value, four.Residuals[pair.Key] + 1e-3, 1));
        one.Adapter.Dispose();
        four.Adapter.Dispose();
    }

    [Fact]
    public void Extraction_EqualModelsOrOtherShape_AreRefused()
    {
        using DecoderWeights<float> first = SeededModel.Weights();
        using DecoderWeights<float> same = SeededModel.Weights();
        using DecoderWeights<float> other = SeededModel.Weights("qwen2");

        Assert.Contains("nothing to extract", Assert.Throws<ArgumentException>(() => AdapterExtraction.Of("x", first, same, 2, null, Stop)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AdapterExtraction.Of("x", first, other, 2, null, Stop));
    }

    [Fact]
    public void Into_StoredWeightsOrBadShare_IsRefused()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using DecoderWeights<float> stored = AdapterRun.Stored("llama", tied: true, ElementType.Q8_0);
        using AdapterTrainer<float> trainer = Trainer(weights);
        using LoraAdapter adapter = trainer.ToAdapter("a");

        Assert.Throws<ArgumentException>(() => AdapterMerge.Into(stored, adapter));
        Assert.Throws<ArgumentException>(() => AdapterMerge.Into(weights, adapter, double.NaN));
    }

    [Theory]
    [InlineData(5, 9, 5)]
    [InlineData(9, 5, 3)]
    [InlineData(40, 33, 4)]
    [InlineData(1, 7, 1)]
    public void Decomposition_RandomMatrix_HasOrthonormalVectorsAndTheBestValues(int rows, int columns, int rank)
    {
        SampleStream random = new(3);
        double[] matrix = [.. Enumerable.Range(0, rows * columns).Select(i => random.NextNormal() * Math.Pow(0.7, i % columns))];

        var sut = TruncatedDecomposition.Of(matrix, rows, columns, rank, new SampleStream(1));

        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Assert.Equal(i == j ? 1 : 0, sut.Left[i].Zip(sut.Left[j], (a, b) => a * b).Sum(), 1e-9);
                Assert.Equal(i == j ? 1 : 0, sut.Right[i].Zip(sut.Right[j], (a, b) => a * b).Sum(), 1e-9);
            }

            // A·v = σ·u for every triplet.
            for (int row = 0; row < rows; row++)
            {
                double product = Enumerable.Range(0, columns).Sum(column => matrix[(row * columns) + column] * sut.Right[i][column]);
                Assert.Equal(sut.Values[i] * sut.Left[i][row], product, 1e-4);
            }

            Assert.True(i == 0 || sut.Values[i] <= sut.Values[i - 1]);
        }
    }
}
