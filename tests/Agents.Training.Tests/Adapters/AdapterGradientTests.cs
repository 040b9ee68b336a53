using Agents.Learning;
using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>Every trained matrix against central differences in double, on the model whose parameters are sines.</summary>
public sealed unsafe class AdapterGradientTests
{
    private const int EntriesPerMatrix = 4;
    private static readonly CrossEntropyLoss Loss = new();

    public static TheoryData<string, AdapterKind, bool> Cases => new(
        from architecture in new[] { "llama", "qwen2", "qwen3" }
        from kind in new[] { AdapterKind.Lora, AdapterKind.Dora }
        from recompute in new[] { false, true }
        select (architecture, kind, recompute));

    private static AdapterTrainer<double> Trainer(DecoderWeights<double> weights, AdapterOptions adapter, bool recompute = true)
    {
        AdapterTrainer<double> trainer = new(
            weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { Adapter = adapter, MaximumRows = 40, RecomputeLayers = recompute, HeadChunkRows = 6, TileElements = 300 });
        AdapterRun.Disturb(trainer);
        return trainer;
    }

    private static void Check(AdapterTrainer<double> sut, PackedBatch batch, bool refreshNorms = false)
    {
        LossContext context = TestBatches.Context(batch);
        sut.AccumulateGradients(batch, Loss, context);
        SampleStream random = new(5);
        double Evaluate()
        {
            if (refreshNorms)
            {
                sut.RefreshNorms();
            }

            return sut.Evaluate(batch, Loss, context);
        }

        foreach (AdapterSlot slot in sut.Layout.Slots)
        {
            Check(slot.Name + " A", sut.Parameters.A(slot), sut.Gradients.A(slot), ref random, Evaluate);
            Check(slot.Name + " B", sut.Parameters.B(slot), sut.Gradients.B(slot), ref random, Evaluate);
            if (slot.OffsetMagnitude >= 0)
            {
                Check(slot.Name + " m", sut.Parameters.Magnitude(slot), sut.Gradients.Magnitude(slot), ref random, Evaluate);
            }
        }
    }

    private static void Check(string what, MatrixView<double> values, MatrixView<double> gradients, ref SampleStream random, Func<double> evaluate)
    {
        for (int n = 0; n < EntriesPerMatrix; n++)
        {
            int i = random.NextInt(values.Rows * values.Columns);
            double value = values.Data[i];
            double step = 1e-5 * Math.Max(1, Math.Abs(value));
            values.Data[i] = value + step;
            double up = evaluate();
            values.Data[i] = value - step;
            double down = evaluate();
            values.Data[i] = value;
            double numeric = (up - down) / (2 * step);
            double analytic = gradients.Data[i];
            double error = Math.Abs(numeric - analytic) / Math.Max(1e-6, Math.Abs(numeric) + Math.Abs(analytic));
            Assert.True(error < 1e-5 || Math.Abs(numeric - analytic) < 2e-10, $"{what}[{i}]: analytic {analytic:R}, numeric {numeric:R}, error {error:E2}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AccumulateGradients_PackedSequences_AgreesWithDifferences(string architecture, AdapterKind kind, bool recompute)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>(architecture, tied: true);
        using AdapterTrainer<double> sut = Trainer(weights, new AdapterOptions { Kind = kind, Rank = 3 }, recompute);

        Check(sut, TestBatches.Packed(11, 5, 7, 1, 11, 3));
    }

    [Theory]
    [InlineData("llama", AdapterKind.Lora)]
    [InlineData("qwen3", AdapterKind.Dora)]
    public void AccumulateGradients_ArbitraryMask_AgreesWithDifferences(string architecture, AdapterKind kind)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>(architecture, tied: false);
        using AdapterTrainer<double> sut = Trainer(weights, new AdapterOptions { Kind = kind, Rank = 2, RankStabilized = true });

        Check(sut, TestBatches.WithRandomMask(TestBatches.Packed(11, 6, 9, 5), 3));
    }

    [Fact]
    public void AccumulateGradients_ExactNorms_AgreesWithDifferencesThatMoveThem()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("qwen2", tied: false);
        using AdapterTrainer<double> sut = Trainer(weights, new AdapterOptions { Kind = AdapterKind.Dora, Rank = 2, ExactNormGradient = true });

        Check(sut, TestBatches.Packed(11, 5, 7, 9), refreshNorms: true);
    }

    [Fact]
    public void AccumulateGradients_HeadIsTrainedToo_AgreesWithDifferences()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("llama", tied: false);
        using AdapterTrainer<double> sut = Trainer(weights, new AdapterOptions { Rank = 2, TargetModules = ["lm_head", "v_proj"] });

        Check(sut, TestBatches.Packed(11, 5, 7, 9));

        Assert.Contains(sut.Layout.Slots, slot => slot.Name == "lm_head.weight");
        Assert.Equal(3, sut.Layout.Slots.Length);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    public void AccumulateGradients_SomeModulesOnly_LeavesTheOthersOut(string architecture)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>(architecture, tied: true);
        using AdapterTrainer<double> sut = Trainer(weights, new AdapterOptions { Rank = 1, TargetModules = ["q_proj", "layers.1.mlp.down_proj"] });

        Check(sut, TestBatches.Packed(11, 5, 7, 9));

        Assert.Equal(
            ["model.layers.0.self_attn.q_proj.weight", "model.layers.1.self_attn.q_proj.weight", "model.layers.1.mlp.down_proj.weight"], sut.Layout.Slots.Select(slot => slot.Name));
    }

    [Fact]
    public void AccumulateGradients_AtTheStart_OnlyBMoves()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("llama", tied: true);
        using AdapterTrainer<double> sut = new(weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { MaximumRows = 40 });
        PackedBatch batch = TestBatches.Packed(11, 5, 7, 9);

        sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));

        foreach (AdapterSlot slot in sut.Layout.Slots)
        {
            Assert.Equal(0, sut.Kernels.SumOfSquares(sut.Gradients.A(slot).Data, (long)slot.Rank * slot.Inputs));
            Assert.True(sut.Kernels.SumOfSquares(sut.Gradients.B(slot).Data, (long)slot.Rank * slot.Outputs) > 0, slot.Name);
        }
    }

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Dora)]
    public void AccumulateGradients_MemorySettings_GiveTheSameBits(AdapterKind kind)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("qwen2", tied: true);
        PackedBatch batch = TestBatches.Packed(11, 5, 7, 9, 13);
        double[][] results = [.. new AdapterTrainerOptions[]
        {
            new() { MaximumRows = 29, RecomputeLayers = false },
            new() { MaximumRows = 40, RecomputeLayers = true },
            new() { MaximumRows = 40, HeadChunkRows = 4 },
            new() { MaximumRows = 40, TileElements = 1 },
        }.Select(options =>
        {
            using AdapterTrainer<double> sut = new(weights, new ReferenceKernels<double>(), options with { Adapter = new AdapterOptions { Kind = kind } });
            AdapterRun.Disturb(sut);
            sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
            return new ReadOnlySpan<double>(sut.Gradients.Data, (int)sut.Gradients.Length).ToArray();
        })];

        Assert.All(results[1..], result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void AccumulateGradients_UpperLayerOnly_GivesTheGradientItHasAmongAllLayers()
    {
        using DecoderWeights<double> weights = SineModel.Create<double>("qwen2", tied: true);
        PackedBatch batch = TestBatches.Packed(11, 5, 7, 9, 13);
        int top = weights.Shape.Layers.Length - 1;
        using AdapterTrainer<double> all = new(weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { MaximumRows = 40 });
        using AdapterTrainer<double> sut = new(
            weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { TargetModules = [$"layers.{top}.self_attn.q_proj"] } });
        AdapterSlot slot = Assert.Single(sut.Layout.Slots);
        Assert.Equal((top, 0), (sut.Layout.LowestLayer(weights.Shape), all.Layout.LowestLayer(weights.Shape)));

        Assert.Equal(all.AccumulateGradients(batch, Loss, TestBatches.Context(batch)), sut.AccumulateGradients(batch, Loss, TestBatches.Context(batch)));

        int length = slot.Rank * slot.Outputs;
        double[] expected = new ReadOnlySpan<double>(all.Gradients.B(all.Layout.ByName[slot.Name]).Data, length).ToArray();
        Assert.Contains(expected, value => value != 0);
        Assert.Equal(expected, new ReadOnlySpan<double>(sut.Gradients.B(slot).Data, length).ToArray());
    }
}
