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

namespace Agents.Training.Tests.Adapters;

/// <summary>What is trained is what serves: the same log-probabilities bit for bit.</summary>
public sealed class AdapterServingTests
{
    private static readonly int[] Prompt = [5, 17, 99, 4, 201, 33];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama", ElementType.F32, false, AdapterKind.Lora)]
    [InlineData("qwen2", ElementType.Q8_0, true, AdapterKind.Lora)]
    [InlineData("qwen3", ElementType.F16, false, AdapterKind.Lora)]
    [InlineData("llama", ElementType.F32, true, AdapterKind.Dora)]
    [InlineData("qwen2", ElementType.F32, false, AdapterKind.Dora)]
    [InlineData("qwen2", ElementType.Q8_0, false, AdapterKind.Dora)]
    [InlineData("qwen3", ElementType.BF16, false, AdapterKind.Dora)]
    public async Task LogProbabilities_AgainstTheSampler_AreTheSameBits(string architecture, ElementType type, bool stabilized, AdapterKind kind)
    {
        ReferenceKernels<float> kernels = new();
        DecoderWeights<float> weights = type == ElementType.F32 ? SeededModel.Weights(architecture) : AdapterRun.Stored(architecture, tied: true, type);
        using DecoderModel model = new(weights, SeededModel.Tokenizer, new DecoderModelOptions { Kernels = kernels });
        using AdapterTrainer<float> sut = new(
            weights, kernels, new AdapterTrainerOptions { MaximumRows = 40, HeadChunkRows = 7, Adapter = new AdapterOptions { Kind = kind, Rank = 4, RankStabilized = stabilized } });
        AdapterRun.Disturb(sut, spread: 0.05);
        model.Adapters.Add("trained", sut.ToAdapter("trained"));
        List<GeneratedToken> sampled = [];
        GenerationRequest request = new() { Prompts = [PromptSamples.Create(Prompt, 3, 0, 1) with { Adapters = [new AdapterUse("trained")] }], MaxTokens = 20, IgnoreEndTokens = true };
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            sampled.Add(token);
        }

        int[] tokens = [.. Prompt, .. sampled.Select(token => token.Id)];
        PackedBatch batch = TestBatches.Single(tokens[..^1], [.. tokens[1..].Select((token, i) => i < Prompt.Length - 1 ? -1 : token)]);
        float[] trained = new float[batch.Rows];
        float[] plain = new float[batch.Rows];

        sut.LogProbabilities(batch, trained);
        sut.BaseLogProbabilities(batch, plain);

        Assert.Equal(20, sampled.Count);
        Assert.Equal(sampled.Select(token => token.PlainLogProbability), trained[(Prompt.Length - 1)..]);
        Assert.NotEqual(plain, trained);
    }

    [Theory]
    [InlineData(AdapterKind.Lora)]
    [InlineData(AdapterKind.Dora)]
    public void LogProbabilities_AtTheStart_AreThoseOfTheBase(AdapterKind kind)
    {
        using DecoderWeights<float> weights = AdapterRun.Stored("qwen2", tied: true, ElementType.Q8_0);
        using AdapterTrainer<float> sut = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Kind = kind } });
        PackedBatch batch = TestBatches.Packed(320, 4, 9, 14);
        float[] started = new float[batch.Rows];
        float[] plain = new float[batch.Rows];

        sut.LogProbabilities(batch, started);
        sut.BaseLogProbabilities(batch, plain);

        Assert.Equal(plain, started);
        Assert.Contains(plain, value => value < 0);
    }

    [Fact]
    public void Constructor_StartFromAnAdapter_ContinuesItsNumbers()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        ReferenceKernels<float> kernels = new();
        AdapterTrainerOptions options = new() { MaximumRows = 40, Adapter = new AdapterOptions { Rank = 3, Alpha = 5, TargetModules = ["q_proj", "up_proj"] } };
        PackedBatch batch = TestBatches.Packed(320, 4, 9, 14);
        LossContext context = TestBatches.Context(batch);
        using AdapterTrainer<float> first = new(weights, kernels, options);
        first.AccumulateGradients(batch, new CrossEntropyLoss(), context);
        first.ApplyGradients(0.01);
        using LoraAdapter adapter = first.ToAdapter("first");

        using AdapterTrainer<float> second = new(weights, kernels, new AdapterTrainerOptions { MaximumRows = 40 }, adapter);

        Assert.Equal(AdapterRun.Values(first), AdapterRun.Values(second));
        Assert.Equal(first.Evaluate(batch, new CrossEntropyLoss(), context), second.Evaluate(batch, new CrossEntropyLoss(), context));
        using LoraAdapter copy = second.ToAdapter("first");
        Assert.Equal(adapter.Hash, copy.Hash);
    }

    [Fact]
    public void SavedAdapter_LoadedAgain_TrainsFurther()
    {
        using Checkpoints.TemporaryFolder folder = new();
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> first = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 8, Adapter = new AdapterOptions { RankStabilized = true } });
        AdapterRun.Disturb(first);
        using LoraAdapter adapter = first.ToAdapter("x");
        PeftAdapter.Save(folder["peft"], adapter);
        GgufAdapter.Save(folder["x.gguf"], adapter, weights.Shape);

        using LoraAdapter peft = PeftAdapter.Load(folder["peft"]);
        using LoraAdapter gguf = GgufAdapter.Load(folder["x.gguf"], weights.Shape);
        using AdapterTrainer<float> fromPeft = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 8 }, peft);
        using AdapterTrainer<float> fromGguf = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 8 }, gguf);

        Assert.Equal(AdapterRun.Values(first), AdapterRun.Values(fromPeft));
        Assert.Equal(first.Layout.Slots.Select(slot => slot.Scale), fromPeft.Layout.Slots.Select(slot => slot.Scale));
        Assert.Equal(first.Layout.Slots.Select(slot => slot.Name), fromGguf.Layout.Slots.Select(slot => slot.Name));
        Assert.All(fromGguf.Layout.Slots, slot => Assert.Equal(1, slot.Scale));
    }
}
