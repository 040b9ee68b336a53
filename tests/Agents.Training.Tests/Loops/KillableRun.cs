using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Training.Adapters;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Loops;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Verification;

namespace Agents.Training.Tests.Loops;

/// <summary>A reinforcement run that starts or continues in a folder and depends on nothing else: what a process that may be killed at any moment runs.</summary>
internal sealed record KillableRun(string Folder, Asynchrony Asynchrony, bool Adapter, long Steps)
{
    private const int End = 12;

    private static TokenizerDefinition Tokenizer { get; } = new()
    {
        Model = "t5",
        Tokens = ["<unk>", .. "abcdefghijk".Select(letter => letter.ToString()), "</s>"],
        Kinds = [TokenKind.Unknown, .. Enumerable.Repeat(TokenKind.Normal, 11), TokenKind.Control],
        Scores = new float[13],
        Merges = [],
        UnknownId = 0,
        EosId = End,
        AddSpacePrefix = false,
    };

    /// <summary>Runs to the end, from the newest checkpoint where there is one.</summary>
    /// <returns>The trained numbers.</returns>
    public async Task<byte[]> TrainAsync(IProgress<ReinforcementProgress>? progress, CancellationToken cancellationToken)
    {
        Models.ModelShape shape = Models.ModelShape.Uniform("llama", 13, 16, 2, new Models.LayerShape(2, 1, 8, 24), 24) with { TiedEmbeddings = true };
        DecoderWeights<float> weights = new(shape);
        WeightInitializer.Fill(weights, new SampleStream(5));
        ReferenceKernels<float> kernels = new();
        DecoderModelOptions serving = new() { Kernels = kernels };
        if (!Adapter)
        {
            using DecoderTrainer<float> model = new(weights, kernels, new DecoderTrainerOptions { MaximumRows = 48 });
            await TrainAsync(model, new CopiedPolicy(model.Weights, Tokenizer, serving), progress, cancellationToken);
            return Bits(model);
        }

        using DecoderModel served = new(weights, Tokenizer, serving);
        using AdapterTrainer<float> adapter = new(served.Weights, kernels, new AdapterTrainerOptions { MaximumRows = 48, Adapter = new AdapterOptions { Rank = 3 } });
        await TrainAsync(adapter, new AdapterPolicy(adapter, served), progress, cancellationToken);
        return Bits(adapter);
    }

    private static unsafe byte[] Bits(DecoderTrainer<float> model) => new ReadOnlySpan<byte>(model.Weights.Data, (int)model.Weights.Length * sizeof(float)).ToArray();

    private static unsafe byte[] Bits(AdapterTrainer<float> model) => new ReadOnlySpan<byte>(model.Parameters.Data, (int)model.Parameters.Length * sizeof(float)).ToArray();

    private async Task TrainAsync(ICheckpointedModel model, IPolicySync sync, IProgress<ReinforcementProgress>? progress, CancellationToken cancellationToken)
    {
        ReinforcementStages stages = new()
        {
            Prompts = new ShuffledPromptSampler(Enumerable.Range(0, 7).Select(i => new RolloutPrompt($"p{i}", [1 + i, 2, 3 + (i % 3)])), 3),
            Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = 5, MaximumTokens = 6, Seed = 11 }),
            Rewards = new WeightedRewardComposer(Tokenizers.Create(Tokenizer), [new RewardComponent("early", new EarlyLetters())]),
        };
        ReinforcementOptions options = new()
        {
            Steps = Steps,
            OutputFolder = Folder,
            GroupsPerStep = 4,
            RowsPerBatch = 48,
            UpdatesPerStep = 2,
            DynamicSampling = true,
            DeadStepLimit = int.MaxValue,
            Asynchrony = Asynchrony,
            Staleness = Asynchrony == Asynchrony.Async ? 2 : 0,
            CheckpointEverySteps = 1,
            Resume = Directory.Exists(Folder) && Directory.EnumerateFiles(Folder, "*.checkpoint").Any(),
            Schedule = new LearningRateSchedule { Peak = 0.003 },
        };
        using ReinforcementTrainer trainer = new(model, sync, stages, options);
        ReinforcementResult result = await trainer.RunAsync(progress, cancellationToken);
        if (result.Steps != Steps)
        {
            throw new InvalidOperationException($"{result.Steps} of {Steps} steps: {result.Explanation}");
        }
    }

    /// <summary>Pays for the share of letters from a to d.</summary>
    private sealed class EarlyLetters : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(
            request.Response.Length == 0 ? Verdict.Of(false) : new Verdict(true, request.Response.Count(letter => letter is >= 'a' and <= 'd') / (double)request.Response.Length));
    }
}
