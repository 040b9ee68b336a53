using Agents.Models;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Loss;
using Agents.Training.Preflight;
using Agents.Training.Tests.Adapters;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Preflight;

/// <summary>The full-training plan against the process's own count, which other tests would disturb; and the fitting rule with plain numbers.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class MemoryPreflightTests
{
    private const long Mebi = 1 << 20;

    /// <summary>40 MiB fixed; 10 MiB per 100 rows, four times as much when layers are kept.</summary>
    private static Func<int, bool, MemoryPlan> Plan(double availableMebi) => (rows, recompute) => new MemoryPlan(
        [new MemoryLedgerEntry("weights", 40 * Mebi, "trained"), new MemoryLedgerEntry("activations", rows * Mebi / 10 * (recompute ? 1 : 4), "rows")],
        (long)(availableMebi * Mebi));

    [Theory]
    [InlineData(400, false, PreflightVerdict.Go, 512, 0)]
    [InlineData(110, false, PreflightVerdict.Adapt, 512, 1)]
    [InlineData(75, false, PreflightVerdict.Adapt, 256, 1)]
    [InlineData(75, true, PreflightVerdict.Adapt, 256, 0)]
    [InlineData(57, false, PreflightVerdict.Adapt, 100, 1)]
    [InlineData(55, false, PreflightVerdict.Refuse, 512, 0)]
    public void Fit_AvailableMemory_ChangesAsLittleAsPossible(double available, bool recompute, PreflightVerdict expected, long rows, long recomputed)
    {
        PreflightReport report = MemoryPreflight.Fit(Plan(available), 512, 100, recompute);

        Assert.Equal(expected, report.Verdict);
        Assert.Equal(rows, report.Value(PreflightChange.RowsPerBatch, 512));
        Assert.Equal(recomputed, report.Value(PreflightChange.RecomputeLayers, 0));
        Assert.Equal(expected != PreflightVerdict.Refuse, report.Memory!.Fits);
    }

    [Fact]
    public void Fit_Adapted_SaysExactlyWhatItChanged()
    {
        string text = MemoryPreflight.Fit(Plan(75), 512, 100, false).ToString();

        Assert.Contains("preflight: adapt", text, StringComparison.Ordinal);
        Assert.Contains("changed recomputeLayers: 0 -> 1. As asked, the run needs 244.8 MiB; 67.5 MiB may be taken.", text, StringComparison.Ordinal);
        Assert.Contains("changed rowsPerBatch: 512 -> 256.", text, StringComparison.Ordinal);
        Assert.Contains("available               75.0 MiB", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Refused_NamesNeedAndWayOut()
    {
        Errors.PreflightException error = Assert.Throws<Errors.PreflightException>(MemoryPreflight.Fit(Plan(55), 512, 100, false).ThrowIfRefused);

        Assert.Contains("needs 50.0 MiB of 55.0 MiB available", error.Message, StringComparison.Ordinal);
        Assert.Contains("100 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("adapter over a quantized model", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Full_AgainstWhatIsAllocated_IsRight(bool recompute)
    {
        ModelShape shape = ModelShape.Uniform("qwen3", 320, 96, 3, new LayerShape(4, 2, 24, 160), 128) with { TiedEmbeddings = true };
        DecoderTrainerOptions options = new() { MaximumRows = 300, RecomputeLayers = recompute, HeadChunkRows = 64 };
        long before = AloneInTheProcess.BytesInUse();
        DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(1));
        using DecoderTrainer<float> sut = new(weights, new ReferenceKernels<float>(), options);
        Learning.PackedBatch batch = TestBatches.Packed(320, 3, 96, 96, 90);
        sut.AccumulateGradients(batch, new CrossEntropyLoss(), TestBatches.Context(batch));
        long taken = UnmanagedMemory.BytesInUse - before;

        MemoryPlan plan = new(TrainingMemory.Full(shape, options, sizeof(float)), 1L << 40);

        Assert.True(plan.TotalBytes >= 0.9 * taken && plan.TotalBytes <= 1.1 * taken, $"planned {plan.TotalBytes}, took {taken}\n{plan}");

        // The buffer pads every tensor to a cache line.
        Assert.InRange(weights.Length - TrainingMemory.Parameters(shape), 0, 16 * weights.Tensors.Length);
    }

    [Fact]
    public void Sampling_KnownSizes_CountsWeightsAndKeys()
    {
        ModelShape shape = ModelShape.Uniform("qwen3", 320, 96, 3, new LayerShape(4, 2, 24, 160), 128);

        MemoryLedgerEntry[] entries = [.. TrainingMemory.Sampling(shape, 1000, 2, 16, 50)];

        Assert.Equal([2000, 3 * 2 * 48 * 4 * 16 * 50], entries.Select(entry => entry.Bytes));
    }

    [Fact]
    public void OfSystem_LinesOfTheKernel_FindsTheAvailableOnes()
    {
        Assert.Equal(2048L * 1024, AvailableMemory.OfSystem(["MemTotal:       16000 kB", "MemAvailable:    2048 kB", "Cached: 9 kB"]));
        Assert.Null(AvailableMemory.OfSystem(["MemTotal:       16000 kB"]));
        Assert.Null(AvailableMemory.OfSystem(["MemAvailable:    -1 kB"]));
        Assert.InRange(AvailableMemory.Bytes(), 1 << 20, long.MaxValue);
    }

    [Fact]
    public void File_SavedAndLoaded_IsTheSameReport()
    {
        using Checkpoints.TemporaryFolder folder = new();
        PreflightReport report = MemoryPreflight.Fit(Plan(75), 512, 100, false);

        Assert.Null(PreflightFile.Load(folder.Path));
        PreflightFile.Save(folder.Path, report);
        PreflightReport loaded = PreflightFile.Load(folder.Path)!;

        Assert.Equal(report.ToString(), loaded.ToString());
        Assert.Equal(256, loaded.Value(PreflightChange.RowsPerBatch, 512));
        Assert.Equal(report.Numbers, loaded.Numbers);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":1,"findings":[{"subject":"a","verdict":"Maybe","text":"b"}],"changes":[],"numbers":{}}""")]
    [InlineData("""{"version":1,"findings":[],"changes":[{"setting":"a","from":"b"}],"numbers":{}}""")]
    public void File_Damaged_IsNamed(string content)
    {
        using Checkpoints.TemporaryFolder folder = new();
        File.WriteAllText(folder[PreflightFile.FileName], content);

        Errors.TrainingException error = Assert.Throws<Errors.TrainingException>(() => PreflightFile.Load(folder.Path));

        Assert.Contains(folder[PreflightFile.FileName], error.Message, StringComparison.Ordinal);
    }
}
