using Agents.Models;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Training.Backward;
using Agents.Training.Loops;
using Agents.Training.Optimization;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Verification;

namespace Agents.Training.Tests.Loops;

/// <summary>A policy over thirteen tokens that is paid for starting with one of the letters a to d, small enough to train in milliseconds.</summary>
internal static class BanditRun
{
    public const int End = 12;

    public static TokenizerDefinition Tokenizer { get; } = new()
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

    public static ITokenizer Reader { get; } = Tokenizers.Create(Tokenizer);

    public static IVerifier StartsWell { get; } = new DelegateVerifier(request => Verdict.Of(request.Response is [>= 'a' and <= 'd', ..]));

    public static DecoderTrainer<float> Model(ulong seed = 5)
    {
        DecoderWeights<float> weights = new(TinyRun.Shape);
        WeightInitializer.Fill(weights, new SampleStream(seed));
        return new DecoderTrainer<float>(weights, new ReferenceKernels<float>(), new DecoderTrainerOptions { MaximumRows = 64 });
    }

    public static DecoderModel Serving(DecoderTrainer<float> model)
    {
        DecoderWeights<float> copy = new(model.Shape);
        copy.CopyFrom(model.Weights);
        return new DecoderModel(copy, Tokenizer, new DecoderModelOptions { Kernels = new ReferenceKernels<float>() });
    }

    public static CopiedPolicy Sync(DecoderTrainer<float> model) => new(model.Weights, Tokenizer, new DecoderModelOptions { Kernels = new ReferenceKernels<float>() });

    public static IEnumerable<RolloutPrompt> Prompts { get; } =
        [.. Enumerable.Range(0, 5).Select(i => new RolloutPrompt($"p{i}", [1 + i, 2]) { Source = "bandit" })];

    public static ReinforcementStages Stages(IEnumerable<RewardComponent>? rewards = null, int maximumTokens = 1, double temperature = 1) => new()
    {
        Prompts = new ShuffledPromptSampler(Prompts, 3),
        Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = 6, MaximumTokens = maximumTokens, Seed = 11, Temperature = temperature }),
        Rewards = new WeightedRewardComposer(Reader, rewards ?? [new RewardComponent("start", StartsWell)]),
    };

    public static ReinforcementOptions Options(string folder, long steps = 6, bool resume = false) => new()
    {
        Steps = steps,
        OutputFolder = folder,
        GroupsPerStep = 3,
        RowsPerBatch = 32,
        Resume = resume,
        Schedule = new LearningRateSchedule { Peak = 0.03, Shape = LearningRateShape.Constant, WarmUpShare = 0 },
    };

    /// <summary>A verifier as a function.</summary>
    public sealed class DelegateVerifier(Func<VerificationRequest, Verdict> judge) : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(judge(request));
    }
}
