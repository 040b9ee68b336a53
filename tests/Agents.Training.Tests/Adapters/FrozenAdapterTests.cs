using Agents.Learning;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Loss;
using Agents.Training.Tests.Backward;

namespace Agents.Training.Tests.Adapters;

/// <summary>Training over adapters that stay as they are: what is trained serves as the last part of their mixture.</summary>
public sealed class FrozenAdapterTests
{
    private static readonly int[] Prompt = [5, 17, 99, 4, 201, 33];
    private static readonly CrossEntropyLoss Loss = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Two frozen adapters of other ranks and layers, the second with a share.
    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.Q8_0)]
    public async Task LogProbabilities_OverAdapters_AreThoseThatTheirMixtureServes(ElementType type)
    {
        ReferenceKernels<float> kernels = new();
        DecoderWeights<float> weights = type == ElementType.F32 ? SeededModel.Weights("qwen2") : AdapterRun.Stored("qwen2", tied: true, type);
        using DecoderModel model = new(weights, SeededModel.Tokenizer, new DecoderModelOptions { Kernels = kernels });
        model.Adapters.Add("one", Adapter(weights, new AdapterOptions { Rank = 6 }, seed: 4));
        model.Adapters.Add("two", Adapter(weights, new AdapterOptions { Rank = 2, TargetModules = ["q_proj", "down_proj"] }, seed: 5));
        using AdapterMixture beneath = model.Adapters.Resolve([new AdapterUse("one"), new AdapterUse("two", 0.5)])!;
        using AdapterTrainer<float> sut = new(weights, kernels, new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Rank = 3 } });
        AdapterRun.Disturb(sut, spread: 0.05);
        sut.LieOver(beneath.Parts);
        model.Adapters.Add("trained", sut.ToAdapter("trained"));
        AdapterUse[] mixture = [new("one"), new("two", 0.5), new("trained")];
        int[] tokens = [.. Prompt, 7, 8, 9];
        PackedBatch batch = TestBatches.Single(tokens[..^1], [.. tokens[1..].Select((token, i) => i < Prompt.Length - 1 ? -1 : token)]);
        float[] trained = new float[batch.Rows];
        float[] frozen = new float[batch.Rows];

        sut.LogProbabilities(batch, trained);
        sut.BaseLogProbabilities(batch, frozen);

        Assert.Equal((await model.ScoreAsync(new ScoreRequest(Prompt, [tokens[Prompt.Length..]]) { Adapters = mixture }, Stop))[0], trained[(Prompt.Length - 1)..]);
        Assert.Equal((await model.ScoreAsync(new ScoreRequest(Prompt, [tokens[Prompt.Length..]]) { Adapters = mixture[..2] }, Stop))[0], frozen[(Prompt.Length - 1)..]);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    public unsafe void AccumulateGradients_OverAnAdapter_AgreesWithDifferences(string architecture)
    {
        using DecoderWeights<double> weights = SineModel.Create<double>(architecture, tied: true);
        using AdapterTrainer<double> below = new(weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Rank = 2 } });
        AdapterRun.Disturb(below, seed: 9);
        using LoraAdapter frozen = below.ToAdapter("frozen");
        using AdapterTrainer<double> sut = new(
            weights, new ReferenceKernels<double>(), new AdapterTrainerOptions { MaximumRows = 40, HeadChunkRows = 6, TileElements = 300, Adapter = new AdapterOptions { Rank = 3, TargetModules = ["q_proj", "up_proj"] } });
        AdapterRun.Disturb(sut);
        sut.LieOver([(frozen, 0.75f)]);
        PackedBatch batch = TestBatches.Packed(11, 5, 7, 1, 11, 3);
        LossContext context = TestBatches.Context(batch);

        sut.AccumulateGradients(batch, Loss, context);

        SampleStream random = new(5);
        foreach (AdapterSlot slot in sut.Layout.Slots)
        {
            for (int n = 0; n < 6; n++)
            {
                double* value = sut.Parameters.A(slot).Data + random.NextInt(slot.Rank * slot.Inputs);
                double analytic = sut.Gradients.Data[value - sut.Parameters.Data];
                double kept = *value;
                double step = 1e-5 * Math.Max(1, Math.Abs(kept));
                *value = kept + step;
                double up = sut.Evaluate(batch, Loss, context);
                *value = kept - step;
                double down = sut.Evaluate(batch, Loss, context);
                *value = kept;
                double numeric = (up - down) / (2 * step);
                Assert.True(Math.Abs(numeric - analytic) < Math.Max(2e-10, 1e-5 * (Math.Abs(numeric) + Math.Abs(analytic))), $"{slot.Name}: analytic {analytic:R}, numeric {numeric:R}");
            }
        }
    }

    [Fact]
    public void LieOver_NothingAgain_IsTrainingOverTheBase()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> sut = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Rank = 3 } });
        AdapterRun.Disturb(sut, spread: 0.05);
        using LoraAdapter frozen = Adapter(weights, new AdapterOptions { Rank = 4 }, seed: 4);
        PackedBatch batch = TestBatches.Packed(320, 4, 9, 14);
        float[] before = new float[batch.Rows];
        float[] over = new float[batch.Rows];
        float[] after = new float[batch.Rows];
        sut.LogProbabilities(batch, before);
        IReadOnlyList<string> identity = sut.Identity;

        sut.LieOver([(frozen, 1)]);
        sut.LogProbabilities(batch, over);
        Assert.NotEqual(identity, sut.Identity);
        sut.LieOver([]);
        sut.LogProbabilities(batch, after);

        Assert.NotEqual(before, over);
        Assert.Equal(before, after);
        Assert.Equal(identity, sut.Identity);
    }

    [Fact]
    public void LieOver_Dora_IsRefusedOnEitherSide()
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using AdapterTrainer<float> dora = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Kind = AdapterKind.Dora, Rank = 2 } });
        using AdapterTrainer<float> lora = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = new AdapterOptions { Rank = 2 } });
        using LoraAdapter magnitudes = dora.ToAdapter("magnitudes");
        using LoraAdapter plain = lora.ToAdapter("plain");

        Assert.Contains("'magnitudes' is DoRA", Assert.Throws<ArgumentException>(() => lora.LieOver([(magnitudes, 1)])).Message, StringComparison.Ordinal);
        Assert.Contains("over the base alone", Assert.Throws<ArgumentException>(() => dora.LieOver([(plain, 1)])).Message, StringComparison.Ordinal);
    }

    private static LoraAdapter Adapter(DecoderWeights<float> weights, AdapterOptions options, ulong seed)
    {
        using AdapterTrainer<float> trainer = new(weights, new ReferenceKernels<float>(), new AdapterTrainerOptions { MaximumRows = 40, Adapter = options });
        AdapterRun.Disturb(trainer, seed, 0.05);
        return trainer.ToAdapter("frozen");
    }
}
