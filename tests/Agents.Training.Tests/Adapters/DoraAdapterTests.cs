using Agents.Learning;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Adapters;

/// <summary>DoRA out of the trainer and back: served, saved, trained further, merged.</summary>
public sealed class DoraAdapterTests : IDisposable
{
    private static readonly CrossEntropyLoss Loss = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static AdapterTrainer<float> Trainer(DecoderWeights<float> weights, bool stabilized = false, LoraAdapter? start = null, bool exact = false) => new(
        weights,
        new ReferenceKernels<float>(),
        new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Kind = AdapterKind.Dora, Rank = 3, RankStabilized = stabilized, ExactNormGradient = exact } },
        start);

    private static void Train(AdapterTrainer<float> trainer, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            PackedBatch batch = TestBatches.Packed(320, (ulong)step + 4, 9, 14);
            trainer.AccumulateGradients(batch, Loss, TestBatches.Context(batch));
            trainer.ApplyGradients(0.01);
        }
    }

    [Theory]
    [InlineData("llama", ElementType.F32, false)]
    [InlineData("qwen2", ElementType.Q8_0, true)]
    [InlineData("qwen3", ElementType.F16, false)]
    public void PeftFolder_LoadedAgain_TrainsFurtherBitForBit(string architecture, ElementType type, bool stabilized)
    {
        using DecoderWeights<float> weights = AdapterRun.Stored(architecture, tied: true, type);
        using AdapterTrainer<float> first = Trainer(weights, stabilized);
        Train(first, 3);
        using LoraAdapter adapter = first.ToAdapter("dora");
        PeftAdapter.Save(_folder["peft"], adapter);

        using LoraAdapter loaded = PeftAdapter.Load(_folder["peft"]);
        using AdapterTrainer<float> fromFile = Trainer(weights, start: loaded);
        using AdapterTrainer<float> fromMemory = Trainer(weights, start: adapter);
        PackedBatch batch = TestBatches.Packed(320, 8, 9, 14);
        double expected = first.Evaluate(batch, Loss, TestBatches.Context(batch));
        double actual = fromFile.Evaluate(batch, Loss, TestBatches.Context(batch));

        Assert.Equal(adapter.Hash, loaded.Hash);
        Assert.Equal(AdapterKind.Dora, fromFile.Layout.Kind);
        Assert.Equal(stabilized, fromFile.Layout.RankStabilized);
        Assert.Equal(AdapterRun.Values(first), AdapterRun.Values(fromFile));
        Assert.Equal(expected, actual);
        Train(fromFile, 2);
        Train(fromMemory, 2);
        Assert.Equal(AdapterRun.Values(fromMemory), AdapterRun.Values(fromFile));
        Assert.NotEqual(AdapterRun.Values(first), AdapterRun.Values(fromFile));
    }

    [Fact]
    public void Constructor_StartFromLora_StaysLoraWhateverTheOptionsSay()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> lora = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 8 });
        using LoraAdapter adapter = lora.ToAdapter("lora");

        using AdapterTrainer<float> sut = Trainer(weights, start: adapter);

        Assert.Equal(AdapterKind.Lora, sut.Layout.Kind);
        Assert.False(adapter.IsDora);
    }

    [Fact]
    public async Task Merge_HalfOfAnAdapter_SaysWhatServingHalfOfItSays()
    {
        DecoderWeights<float> weights = SeededModel.Weights("qwen2");
        using AdapterTrainer<float> trainer = Trainer(weights);
        AdapterRun.Disturb(trainer, spread: 0.05);
        LoraAdapter adapter = trainer.ToAdapter("dora");
        DecoderWeights<float> changed = SeededModel.Weights("qwen2");
        using MergedWeights merge = AdapterMerge.Into(changed, adapter, 0.5);
        using DecoderModel merged = new(changed, SeededModel.Tokenizer, new DecoderModelOptions { Kernels = new ReferenceKernels<float>() });
        using DecoderModel serving = new(weights, SeededModel.Tokenizer, new DecoderModelOptions { Kernels = new ReferenceKernels<float>() });
        serving.Adapters.Add("dora", adapter);

        List<GeneratedToken> expected = await GenerateAsync(merged, []);
        List<GeneratedToken> actual = await GenerateAsync(serving, [new AdapterUse("dora", 0.5)]);
        List<GeneratedToken> plain = await GenerateAsync(serving, []);

        Assert.Equal(expected.Select(token => token.Id), actual.Select(token => token.Id));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.PlainLogProbability, pair.Second.PlainLogProbability, 2e-3));
        Assert.NotEqual(plain.Select(token => token.PlainLogProbability), actual.Select(token => token.PlainLogProbability));
    }

    [Fact]
    public unsafe void AdapterMerge_WholeAdapter_GivesTheWeightsOfMergeInto()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using DecoderWeights<float> other = SeededModel.Weights();
        using AdapterTrainer<float> trainer = Trainer(weights);
        AdapterRun.Disturb(trainer, spread: 0.05);
        using DecoderWeights<float> target = SeededModel.Weights();
        trainer.MergeInto(target);
        using LoraAdapter adapter = trainer.ToAdapter("dora");

        using MergedWeights merged = AdapterMerge.Into(other, adapter);

        for (long i = 0; i < target.Length; i++)
        {
            Assert.Equal(target.Data[i], other.Data[i], 2e-6f);
        }

        merged.Undo();
        Assert.Equal(new ReadOnlySpan<float>(weights.Data, (int)weights.Length).ToArray(), new ReadOnlySpan<float>(other.Data, (int)other.Length).ToArray());
    }

    [Fact]
    public void GgufSave_Dora_IsRefusedWithTheWayOut()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> trainer = Trainer(weights);
        using LoraAdapter adapter = trainer.ToAdapter("mine");

        ArgumentException error = Assert.Throws<ArgumentException>(() => GgufAdapter.Save(_folder["x.gguf"], adapter, weights.Shape));

        Assert.Contains("'mine' is DoRA", error.Message, StringComparison.Ordinal);
        Assert.Contains("merge", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["x.gguf"]));
    }

    private static async Task<List<GeneratedToken>> GenerateAsync(DecoderModel model, IReadOnlyList<AdapterUse> uses)
    {
        List<GeneratedToken> tokens = [];
        GenerationRequest request = new() { Prompts = [PromptSamples.Create([5, 17, 99, 4], 3, 0, 1) with { Adapters = uses }], MaxTokens = 12, IgnoreEndTokens = true };
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            tokens.Add(token);
        }

        return tokens;
    }
}
