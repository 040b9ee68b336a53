using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;

namespace Agents.Training.Tests.Adapters;

/// <summary>What is trained, what is refused, and what it takes.</summary>
public sealed class AdapterLayoutTests
{
    /// <summary>Sizes of Qwen2.5-0.5B.</summary>
    private static readonly ModelShape Qwen =
        ModelShape.Uniform("qwen2", 151_936, 896, 24, new LayerShape(14, 2, 64, 4864), 32_768) with { TiedEmbeddings = true };

    [Fact]
    public void Of_AllLinear_TakesSevenPerLayerAndNotTheHead()
    {
        var untied = AdapterLayout.Of(SeededModel.Shape("llama", tied: false), new AdapterOptions());

        Assert.Equal(21, untied.Slots.Length);
        Assert.DoesNotContain(untied.Slots, slot => slot.Name.Contains("head", StringComparison.Ordinal) || slot.Name.Contains("embed", StringComparison.Ordinal));
        Assert.Equal(untied.Slots.Sum(slot => 8L * (slot.Inputs + slot.Outputs)), untied.ParameterCount);
    }

    [Theory]
    [InlineData("q_project", "q_proj")]
    [InlineData("proj", "all-linear")]
    [InlineData("lm_head", "embedding")]
    [InlineData("layers.9.mlp.up_proj", "up_proj")]
    public void Of_UnknownTarget_NamesTheKnownOnes(string target, string hint)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => AdapterLayout.Of(SeededModel.Shape(), new AdapterOptions { TargetModules = [target] }));

        Assert.Contains($"'{target}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DoraOnTheHead_IsRefused()
    {
        AdapterOptions options = new() { Kind = AdapterKind.Dora, TargetModules = ["lm_head"] };

        Assert.Contains("DoRA", Assert.Throws<ArgumentException>(() => AdapterLayout.Of(SeededModel.Shape("llama", tied: false), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SettingsOutOfRange_AreListedTogether()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(new AdapterOptions { Rank = 0, Alpha = double.NaN, TargetModules = [] }.Validate);

        Assert.Contains("rank 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("alpha NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("target modules", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(new AdapterTrainerOptions { TileElements = 0 }.Validate);
        Assert.Throws<ArgumentException>(new AdapterTrainerOptions { Adapter = new AdapterOptions { Rank = -1 } }.Validate);
    }

    [Fact]
    public unsafe void Start_DependsOnTheSeedAndTheWeightOnly()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> all = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 4, Adapter = new AdapterOptions { Seed = 4 } });
        using AdapterTrainer<float> one = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 4, Adapter = new AdapterOptions { Seed = 4, TargetModules = ["down_proj"] } });
        AdapterSlot slot = one.Layout.Slots[1];
        MatrixView<float> a = one.Parameters.A(slot);
        MatrixView<float> same = all.Parameters.A(all.Layout.ByName[slot.Name]);
        float bound = 1 / MathF.Sqrt(slot.Inputs);
        float largest = 0;
        for (int i = 0; i < slot.Rank * slot.Inputs; i++)
        {
            Assert.Equal(a.Data[i], same.Data[i]);
            largest = Math.Max(largest, Math.Abs(a.Data[i]));
        }

        Assert.InRange(largest, 0.95f * bound, bound);
        Assert.Equal(0, one.Kernels.SumOfSquares(one.Parameters.B(slot).Data, (long)slot.Rank * slot.Outputs));
    }

    [Fact]
    public void Memory_Qwen05BOverQ8WithRows256_StaysBelowOneAndAHalf()
    {
        long bytes = TensorPlan.Of(Qwen).Sum(plan => plan.Rows == 1 ? 4L * plan.Columns : (long)plan.Rows * plan.Columns / 32 * 34);
        AdapterTrainerOptions options = new() { MaximumRows = 256 };

        MemoryLedger ledger = AdapterMemory.Plan(Qwen, bytes, AdapterLayout.Of(Qwen, options.Adapter), options, sizeof(float), stored: true);

        Assert.InRange(ledger.Ratio, 1.2, 1.5);
        Assert.Contains("logits", ledger.ToString(), StringComparison.Ordinal);
        Assert.Equal(ledger.TotalBytes, bytes + ledger.Entries.Sum(entry => entry.Bytes));
    }

    [Theory]
    [InlineData(4.0, true, false, 256)]
    [InlineData(34.0 / 32, true, true, 48)]
    [InlineData(34.0 / 32, false, false, 48)]
    public void Choose_Qwen05B_ComputesTwiceOnlyWhatMemoryDemands(double bytesPerWeight, bool mayRecompute, bool recomputes, int chunkRows)
    {
        long bytes = TensorPlan.Of(Qwen).Sum(plan => plan.Rows == 1 ? 4L * plan.Columns : (long)(plan.Rows * (long)plan.Columns * bytesPerWeight));
        AdapterTrainerOptions options = new() { MaximumRows = 256, RecomputeLayers = mayRecompute };
        AdapterLayout layout = AdapterLayout.Of(Qwen, options.Adapter);

        AdapterMemoryChoice choice = AdapterMemory.Choose(Qwen, bytes, layout, options, sizeof(float), stored: true);

        Assert.Equal(new AdapterMemoryChoice(recomputes, chunkRows), choice);
        AdapterMemoryChoice rich = AdapterMemory.Choose(Qwen, bytes, layout, options with { MemoryRatio = 10 }, sizeof(float), stored: true);
        Assert.Equal(new AdapterMemoryChoice(false, 256), rich);
        AdapterMemoryChoice given = AdapterMemory.Choose(Qwen, bytes, layout, options with { MemoryRatio = 10, HeadChunkRows = 31 }, sizeof(float), stored: true);
        Assert.Equal(new AdapterMemoryChoice(false, 31), given);
    }
}
