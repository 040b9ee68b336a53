using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Tests;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Adapters;
using Agents.Training.Experience;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Scoring;
using Agents.Training.Tests.Adapters;
using Agents.Training.Tests.Checkpoints;
using Agents.Training.Tests.Loops;
using Agents.Verification;

namespace Agents.Training.Tests.Rollouts;

/// <summary>Reinforcement learning of an adapter over a frozen base that serves it.</summary>
public sealed class AdapterPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IKernels<float> Fast { get; } = new SimdKernels(new ComputePool());

    public void Dispose() => _folder.Dispose();

    /// <summary>Pays for tokens of even id, which some completions have more of than others.</summary>
    private static BanditRun.DelegateVerifier Even { get; } = new(request => Verdict.Of(request.Response.Count(letter => letter % 2 == 0) * 2 > request.Response.Length));

    private static AdapterTrainer<float> Trainer(DecoderWeights<float> weights, IKernels<float> kernels, AdapterKind kind = AdapterKind.Lora) =>
        new(weights, kernels, new AdapterTrainerOptions { MaximumRows = 96, Adapter = new AdapterOptions { Rank = 4, Seed = 2, Kind = kind } });

    private static ReinforcementStages Stages(DecoderModel model, double temperature, FrozenScorer? reference = null) => new()
    {
        Prompts = new ShuffledPromptSampler(Enumerable.Range(0, 4).Select(i => new RolloutPrompt($"p{i}", [5, 17 + i, 99, 4])), 3),
        Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = 5, MaximumTokens = 7, Seed = 11, Temperature = temperature }),
        Rewards = new WeightedRewardComposer(model.Tokenizer, [new RewardComponent("even", Even)]),
        Reference = reference,
        Auxiliaries = reference is null ? [] : [new KlPenalty(KlEstimator.K3, 0.05)],
    };

    private ReinforcementOptions Options() => BanditRun.Options(_folder.Path, steps: 4) with { RowsPerBatch = 96, MismatchLimit = 0, MismatchRatioLimit = 1 };

    [Theory]
    [InlineData(ElementType.F32, true, 1.0, AdapterKind.Lora)]
    [InlineData(ElementType.F32, false, 1.0, AdapterKind.Lora)]
    [InlineData(ElementType.Q8_0, true, 1.0, AdapterKind.Lora)]
    [InlineData(ElementType.Q8_0, false, 1.0, AdapterKind.Lora)]
    [InlineData(ElementType.Q8_0, true, 0.7, AdapterKind.Lora)]
    [InlineData(ElementType.F32, false, 1.0, AdapterKind.Dora)]
    [InlineData(ElementType.Q8_0, false, 1.0, AdapterKind.Dora)]
    public async Task RunAsync_AdapterOverFrozenBase_SamplerAndTrainerAgreeExactly(ElementType type, bool reference, double temperature, AdapterKind kind)
    {
        IKernels<float> kernels = reference ? new ReferenceKernels<float>() : Fast;
        DecoderWeights<float> weights = type == ElementType.F32 ? SeededModel.Weights() : AdapterRun.Stored("llama", tied: true, type, kernels);
        using DecoderModel model = new(weights, SeededModel.Tokenizer, new DecoderModelOptions { Kernels = kernels });
        using AdapterTrainer<float> trainer = Trainer(weights, kernels, kind);
        string before = WeightHash.Compute(weights);
        List<ReinforcementProgress> reports = [];
        using ReinforcementTrainer sut = new(trainer, new AdapterPolicy(trainer, model), Stages(model, temperature), Options());

        ReinforcementResult result = await sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(reports.Add), Stop);

        Assert.Equal((ReinforcementStop.Completed, ""), (result.Stop, result.Explanation));
        Assert.Contains(reports, report => report.GradientNorm > 0);
        Assert.All(reports.Where(report => report.Loss is not null), report => Assert.Equal((0, 1), (report.Mismatch.K3, report.Mismatch.MaximumRatio)));
        Assert.Equal(before, WeightHash.Compute(weights));
        Assert.Empty(model.Adapters.Ids);
    }

    [Fact]
    public async Task RunAsync_ReferenceIsTheServingBase_StartsAtNoDivergenceAndGrows()
    {
        using DecoderModel model = SeededModel.Create(kernels: Fast);
        using AdapterTrainer<float> trainer = Trainer(model.Weights, Fast);
        List<ReinforcementProgress> reports = [];
        ReinforcementStages stages = Stages(model, 1, new FrozenScorer(model));
        using ReinforcementTrainer sut = new(trainer, new AdapterPolicy(trainer, model), stages, Options());

        await sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(reports.Add), Stop);

        Assert.InRange(reports[0].ReferenceDivergence!.Value.K3, 0, 1e-12);
        Assert.True(reports[^1].ReferenceDivergence!.Value.K3 > 1e-6, $"{reports[^1].ReferenceDivergence}");
    }

    [Fact]
    public async Task PublishAsync_ValuesChanged_IsAnotherGenerationAndTheOldOneKeepsServingUntilDisposed()
    {
        using DecoderModel model = SeededModel.Create(kernels: Fast);
        using AdapterTrainer<float> trainer = Trainer(model.Weights, Fast);
        AdapterPolicy sut = new(trainer, model);
        PolicyGeneration first = await sut.PublishAsync(Stop);
        AdapterRun.Disturb(trainer);
        using PolicyGeneration second = await sut.PublishAsync(Stop);
        RolloutTicket[] tickets = [new RolloutTicket(0, new RolloutPrompt("p", [5, 17, 99]))];
        GroupRollout rollout = new(new GroupRolloutOptions { GroupSize = 2, MaximumTokens = 8 });

        SampledGroup old = await rollout.SampleAsync(first, tickets, Stop).SingleAsync(Stop);
        SampledGroup changed = await rollout.SampleAsync(second, tickets, Stop).SingleAsync(Stop);
        first.Dispose();

        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(model.GenerationId, first.Id);
        Assert.NotEqual(old.Completions[0].LogProbabilities, changed.Completions[0].LogProbabilities);
        Assert.Equal([second.Adapters[0].Id], model.Adapters.Ids);
        await Assert.ThrowsAsync<ArgumentException>(async () => await rollout.SampleAsync(first, tickets, Stop).SingleAsync(Stop));
    }

    [Fact]
    public async Task Dispose_LastUser_FreesThePrefixesOfTheGeneration()
    {
        using DecoderModel model = SeededModel.Create(kernels: Fast);
        using DecoderModel untouched = SeededModel.Create(kernels: Fast);
        using AdapterTrainer<float> trainer = Trainer(model.Weights, Fast);
        RolloutTicket[] tickets = [.. Enumerable.Range(0, 4).Select(i => new RolloutTicket(i, new RolloutPrompt("p", [.. Enumerable.Repeat(7 + i, 30)])))];
        GroupRollout rollout = new(new GroupRolloutOptions { GroupSize = 3, MaximumTokens = 40 });
        for (int step = 0; step < 3; step++)
        {
            AdapterRun.Disturb(trainer, seed: 5 + (ulong)step);
            using PolicyGeneration generation = await new AdapterPolicy(trainer, model).PublishAsync(Stop);
            await rollout.SampleAsync(generation, tickets, Stop).CountAsync(Stop);
        }

        await rollout.SampleAsync(new PolicyGeneration(model, null), tickets, Stop).CountAsync(Stop);
        await rollout.SampleAsync(new PolicyGeneration(untouched, null), tickets, Stop).CountAsync(Stop);

        Assert.True(untouched.Statistics().PagesUsed > 0);
        Assert.Equal(untouched.Statistics().PagesUsed, model.Statistics().PagesUsed);
    }

    [Fact]
    public void Constructor_OtherWeights_IsRefusedByName()
    {
        using DecoderModel model = SeededModel.Create(kernels: Fast);
        using DecoderWeights<float> others = SeededModel.Weights();
        using AdapterTrainer<float> elsewhere = Trainer(others, Fast);

        Assert.Contains("other weights", Assert.Throws<ArgumentException>(() => new AdapterPolicy(elsewhere, model)).Message, StringComparison.Ordinal);
    }
}
