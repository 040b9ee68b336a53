using System.Diagnostics;
using System.Globalization;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;
using Agents.Training.Adapters;
using Agents.Training.Advantages;
using Agents.Training.Backward;
using Agents.Training.Checkpoints;
using Agents.Training.Loops;
using Agents.Training.Optimization;
using Agents.Training.Progress;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Verification;

namespace Agents.Benchmarks.Reinforcement;

/// <summary>Whole GRPO steps on a model file: where the time goes, and how many tokens a second are sampled.</summary>
internal static class ReinforcementStepBenchmark
{
    /// <summary>Runs steps and prints one row per setting.</summary>
    /// <param name="arguments">Model file, steps, completion limit.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        string path = arguments.Length > 0 ? arguments[0] : Path.Combine(AppContext.BaseDirectory, "models", "tiny-2.gguf");
        int steps = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 6;
        int limit = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 64;
        using SimdKernels kernels = new(new ComputePool());
        Console.WriteLine("Seconds per step and part; the parts of the trainer are waiting, backward, publishing and other.\n\n| trained | asynchrony | groups x size | seconds per step | sampling | scoring | waiting | backward | publishing | other | sampled tokens/s | learned rows | reward |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach ((bool adapter, Asynchrony asynchrony, int groups, int size) in new[]
        {
            (false, Asynchrony.Off, 8, 8), (false, Asynchrony.Off, 16, 16), (false, Asynchrony.Streaming, 16, 16), (false, Asynchrony.Async, 16, 16), (true, Asynchrony.Off, 16, 16),
        })
        {
            await MeasureAsync(path, kernels, adapter, asynchrony, groups, size, steps, limit).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task MeasureAsync(string path, SimdKernels kernels, bool adapter, Asynchrony asynchrony, int groups, int size, int steps, int limit)
    {
        DecoderCheckpoint file = await DecoderCheckpoint.LoadAsync(
            path, new CheckpointLoadOptions { Storage = adapter ? WeightStorage.AsStored : WeightStorage.Single, Kernels = kernels }, CancellationToken.None).ConfigureAwait(false);
        DecoderModelOptions serving = new() { Kernels = kernels, PrefixCache = adapter };
        if (adapter)
        {
            using DecoderModel model = new(file.Weights, file.Tokenizer, serving);
            using AdapterTrainer<float> trainer = new(model.Weights, kernels, new AdapterTrainerOptions { MaximumRows = 2048, RecomputeLayers = false });
            await RunAsync(trainer, new AdapterPolicy(trainer, model), model, asynchrony, groups, size, steps, limit).ConfigureAwait(false);
            return;
        }

        using DecoderTrainer<float> full = new(file.Weights, kernels, new DecoderTrainerOptions { MaximumRows = 2048 });
        CopiedPolicy sync = new(full.Weights, file.Tokenizer, serving);
        using PolicyGeneration start = await sync.PublishAsync().ConfigureAwait(false);
        if (groups == 8)
        {
            await PrintPublishingAsync(full.Weights, file.Tokenizer, serving).ConfigureAwait(false);
        }

        await RunAsync(full, sync, (DecoderModel)start.Model, asynchrony, groups, size, steps, limit).ConfigureAwait(false);
    }

    /// <summary>Compares a publication that names its generation by a fingerprint with one that hashes all weights.</summary>
    private static async Task PrintPublishingAsync(DecoderWeights<float> weights, TokenizerDefinition tokenizer, DecoderModelOptions serving)
    {
        CopiedPolicy sync = new(weights, tokenizer, serving);
        double[] seconds = [double.MaxValue, double.MaxValue, double.MaxValue];
        for (int round = 0; round < 10; round++)
        {
            long start = Stopwatch.GetTimestamp();
            (await sync.PublishAsync().ConfigureAwait(false)).Dispose();
            seconds[0] = Math.Min(seconds[0], Stopwatch.GetElapsedTime(start).TotalSeconds);

            start = Stopwatch.GetTimestamp();
            DecoderWeights<float> copy = new(weights.Shape);
            copy.CopyFrom(weights);
            using (DecoderModel hashed = new(copy, tokenizer, serving))
            {
                seconds[1] = Math.Min(seconds[1], Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            start = Stopwatch.GetTimestamp();
            _ = WeightHash.Compute(weights);
            seconds[2] = Math.Min(seconds[2], Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"publishing {weights.Length} parameters, best of 10: {seconds[0] * 1e3:F2} ms with a fingerprint, {seconds[1] * 1e3:F2} ms with a SHA-256 of all weights (the hash alone {seconds[2] * 1e3:F2} ms)"));
    }

    private static async Task RunAsync(
        ICheckpointedModel trained, IPolicySync sync, DecoderModel reader, Asynchrony asynchrony, int groups, int size, int steps, int limit)
    {
        SampleStream random = new(7);
        List<RolloutPrompt> prompts = [];
        for (int i = 0; i < 200; i++)
        {
            (int left, int right) = (10 + random.NextInt(90), 10 + random.NextInt(90));
            prompts.Add(new RolloutPrompt(
                FormattableString.Invariant($"sum-{i}"), [.. reader.Tokenizer.Encode(FormattableString.Invariant($"<|im_start|>user\nWhat is {left} + {right}?<|im_end|>\n<|im_start|>assistant\n"), parseSpecial: true)])
            {
                Reference = (left + right).ToString(CultureInfo.InvariantCulture),
            });
        }

        string folder = Directory.CreateTempSubdirectory("rl-step-").FullName;
        try
        {
            List<ReinforcementProgress> reports = [];
            ReinforcementStages stages = new()
            {
                Prompts = new ShuffledPromptSampler(prompts, 3),
                Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = size, MaximumTokens = limit, Seed = 5 }),
                Rewards = new WeightedRewardComposer(reader.Tokenizer, [new RewardComponent("digits", new DigitShare())]),
            };
            using ReinforcementTrainer trainer = new(trained, sync, stages, new ReinforcementOptions
            {
                Steps = steps + 2,
                OutputFolder = folder,
                GroupsPerStep = groups,
                Asynchrony = asynchrony,
                Staleness = asynchrony == Asynchrony.Async ? 1 : 0,
                Schedule = new LearningRateSchedule { Peak = 1e-4 },
                CheckpointInterval = TimeSpan.FromHours(1),
            });
            await trainer.RunAsync(new Collected(reports)).ConfigureAwait(false);

            // The first two steps compile.
            ReinforcementProgress[] measured = [.. reports.Skip(2)];
            double Mean(Func<ReinforcementTimes, double> part) => measured.Average(report => part(report.Times!));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(trained is AdapterTrainer<float> ? "adapter" : "all")} | {asynchrony} | {groups} x {size} | {Mean(t => t.Total):F3} | {Mean(t => t.Sampling):F3} | {Mean(t => t.Scoring):F4} | {Mean(t => t.Waiting):F3} | {Mean(t => t.Backward):F3} | {Mean(t => t.Publishing):F4} | {Mean(t => t.Other):F4} | {measured.Sum(r => r.Times!.SampledTokens) / measured.Sum(r => r.Times!.Sampling):F0} | {(measured[^1].Tokens - reports[1].Tokens) / measured.Length} | {measured.Average(r => r.RewardMean):F3} |"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Collected(List<ReinforcementProgress> reports) : IProgress<ReinforcementProgress>
    {
        public void Report(ReinforcementProgress value) => reports.Add(value);
    }

    /// <summary>Pays for the share of the digits of the right sum that occur, so that nearly every group has a signal.</summary>
    private sealed class DigitShare : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new Verdict(true, request.Reference!.Count(request.Response.Contains) / (double)request.Reference!.Length));
    }
}
