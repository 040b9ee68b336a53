using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>Adapters over bases that stay in their stored types.</summary>
public sealed class StoredBaseTests
{
    private static readonly CrossEntropyLoss Loss = new();

    private static AdapterTrainer<float> Trainer(DecoderWeights<float> weights, AdapterKind kind = AdapterKind.Lora, IKernels<float>? kernels = null) => new(
        weights, kernels ?? new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, TileElements = 2_000, HeadChunkRows = 16, Adapter = new AdapterOptions { Kind = kind, Rank = 4 } });

    [Theory]
    [InlineData("llama", ElementType.F32, AdapterKind.Lora, 0)]
    [InlineData("qwen3", ElementType.F32, AdapterKind.Dora, 0)]
    [InlineData("qwen2", ElementType.Q8_0, AdapterKind.Lora, 0.1)]
    [InlineData("llama", ElementType.Q8_0, AdapterKind.Dora, 0.1)]
    [InlineData("qwen3", ElementType.Q4_0, AdapterKind.Lora, 0.1)]
    [InlineData("llama", ElementType.F16, AdapterKind.Lora, 0.02)]
    [InlineData("qwen2", ElementType.BF16, AdapterKind.Lora, 0.05)]
    public void AccumulateGradients_AgainstTheDecodedBase_IsClose(string architecture, ElementType type, AdapterKind kind, double tolerance)
    {
        using DecoderWeights<float> stored = AdapterRun.Stored(architecture, tied: true, type);
        using DecoderWeights<float> decoded = stored.ToSingle();
        using AdapterTrainer<float> sut = Trainer(stored, kind);
        using AdapterTrainer<float> reference = Trainer(decoded, kind);
        AdapterRun.Disturb(sut, spread: 0.05);
        AdapterRun.Disturb(reference, spread: 0.05);
        PackedBatch batch = TestBatches.Packed(320, 3, 17, 14);

        double loss = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        double expected = reference.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        float[] actual = AdapterRun.Gradients(sut);
        float[] wanted = AdapterRun.Gradients(reference);
        double error = Math.Sqrt(actual.Zip(wanted, (a, b) => ((double)a - b) * (a - b)).Sum() / wanted.Sum(value => (double)value * value));
        Assert.True(error <= tolerance, $"relative error {error:E2}");
        Assert.Equal(expected, loss, tolerance);
        Assert.False(stored.IsDense);
    }

    [Theory]
    [InlineData(ElementType.Q8_0, AdapterKind.Lora)]
    [InlineData(ElementType.Q8_0, AdapterKind.Dora)]
    [InlineData(ElementType.F32, AdapterKind.Lora)]
    public void ApplyGradients_ManySteps_LearnsTheBatchAndLeavesTheBaseAlone(ElementType type, AdapterKind kind)
    {
        using ComputePool pool = new();
        SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = AdapterRun.Stored("qwen2", tied: true, type, kernels);
        string before = Bytes(weights);
        using AdapterTrainer<float> sut = Trainer(weights, kind, kernels);
        PackedBatch batch = TestBatches.Packed(320, 3, 9, 14);
        double first = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        double last = first;
        for (int i = 0; i < 40; i++)
        {
            Assert.True(double.IsFinite(sut.ApplyGradients(0.01)));
            last = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        }

        Assert.True(last < 0.3 * first, $"{first} -> {last}");
        Assert.Equal(before, Bytes(weights));
    }

    [Theory]
    [InlineData(ElementType.Q8_0, AdapterKind.Lora)]
    [InlineData(ElementType.BF16, AdapterKind.Dora)]
    [InlineData(ElementType.F32, AdapterKind.Lora)]
    public void AccumulateGradients_VectorKernels_AgreeWithTheReference(ElementType type, AdapterKind kind)
    {
        using ComputePool pool = new();
        SimdKernels kernels = new(pool);
        using DecoderWeights<float> weights = AdapterRun.Stored("qwen3", tied: true, type);
        using DecoderWeights<float> same = AdapterRun.Stored("qwen3", tied: true, type, kernels);
        using AdapterTrainer<float> reference = Trainer(weights, kind);
        using AdapterTrainer<float> sut = Trainer(same, kind, kernels);
        AdapterRun.Disturb(reference, spread: 0.05);
        AdapterRun.Disturb(sut, spread: 0.05);
        PackedBatch batch = TestBatches.Packed(320, 3, 17, 14);

        double expected = reference.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
        double loss = sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        float[] wanted = AdapterRun.Gradients(reference);
        double size = Math.Sqrt(wanted.Sum(value => (double)value * value));
        double error = Math.Sqrt(AdapterRun.Gradients(sut).Zip(wanted, (a, b) => ((double)a - b) * (a - b)).Sum());
        Assert.Equal(expected, loss, 1e-4);
        Assert.True(error <= 1e-3 * size, $"relative error {error / size:E2}");
    }

    [Fact]
    public void Step_SteadyState_AllocatesNothing()
    {
        using DecoderWeights<float> weights = AdapterRun.Stored("qwen2", tied: true, ElementType.F32);
        using AdapterTrainer<float> sut = Trainer(weights);
        PackedBatch batch = TestBatches.Packed(320, 3, 9, 14);
        LossContext context = TestBatches.Context(batch);
        void Step()
        {
            sut.AccumulateGradients(batch, Loss, context);
            sut.ApplyGradients(1e-3);
        }

        Step();
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Step();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ApplyGradients_NotFinite_LeavesTheAdapterAlone()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> sut = Trainer(weights);
        float[] before = AdapterRun.Values(sut);
        unsafe
        {
            sut.Gradients.Data[5] = float.NaN;
        }

        Assert.False(double.IsFinite(sut.ApplyGradients(0.1)));
        Assert.Equal(before, AdapterRun.Values(sut));
        Assert.All(AdapterRun.Gradients(sut), value => Assert.Equal(0, value));
    }

    /// <summary>A hash of the bytes as they lie in memory now, not of what the loader saw.</summary>
    private static unsafe string Bytes(DecoderWeights<float> weights)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            if (tensor.Quantized is { } quantized)
            {
                hash.AppendData(new ReadOnlySpan<byte>(quantized.Data, (int)quantized.Bytes));
            }
            else if (tensor.Packed is { } packed)
            {
                hash.AppendData(new ReadOnlySpan<byte>(packed.Panels.Data, (int)packed.Panels.Length * sizeof(float)));
            }
            else
            {
                hash.AppendData(new ReadOnlySpan<byte>(tensor.Data, tensor.Columns * sizeof(float)));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
