using Agents.Benchmarks.Adaptation;
using Agents.Benchmarks.Constraints;
using Agents.Benchmarks.Experiments;
using Agents.Benchmarks.Kernels;
using Agents.Benchmarks.Quantized;
using Agents.Benchmarks.Peers;
using Agents.Benchmarks.Reinforcement;
using Agents.Benchmarks.Roles;
using Agents.Benchmarks.Strategies;
using Agents.Benchmarks.Threading;
using Agents.Benchmarks.Training;
using Agents.Benchmarks.Trajectories;

return args switch
{
    ["gemm", .. string[] rest] => MatrixBenchmark.Run(rest),
    ["qgemv", .. string[] rest] => GemvBenchmark.Run(rest),
    ["attention", .. string[] rest] => AttentionBenchmark.Run(rest),
    ["qgemm", .. string[] rest] => QuantizedMatrixBenchmark.Run(rest),
    ["masks", .. string[] rest] => MaskBenchmark.Run(rest),
    ["ops", .. string[] rest] => OperationBenchmark.Run(rest),
    ["train", .. string[] rest] => TrainingBenchmark.Run(rest),
    ["lora-step", .. string[] rest] => LoraStepBenchmark.Run(rest),
    ["lora-step-serve", .. string[] rest] => LoraStepServer.Run(rest),
    ["train-effect", .. string[] rest] => await TrainEffectCommand.RunAsync(rest).ConfigureAwait(false),
    ["peer-distributions", .. string[] rest] => PeerDistributionBenchmark.Run(rest),
    ["peer-speed", .. string[] rest] => await PeerSpeedBenchmark.RunAsync(rest).ConfigureAwait(false),
    ["kill-resume", .. string[] rest] => await KillResumeCommand.RunAsync(rest).ConfigureAwait(false),
    [KillResumeCommand.ChildCommand] => await KillResumeCommand.RunChildAsync().ConfigureAwait(false),
    ["rl-step", .. string[] rest] => await ReinforcementStepBenchmark.RunAsync(rest).ConfigureAwait(false),
    ["roles", .. string[] rest] => await RolesCommand.RunAsync(rest).ConfigureAwait(false),
    ["levels", .. string[] rest] => await LevelsCommand.RunAsync(rest).ConfigureAwait(false),
    ["strategies", .. string[] rest] => await StrategyBenchmark.RunAsync(rest).ConfigureAwait(false),
    ["adaptation", .. string[] rest] => await AdaptationBenchmark.RunAsync(rest).ConfigureAwait(false),
    ["recording", .. string[] rest] => await RecordingBenchmark.RunAsync(rest).ConfigureAwait(false),
    ["pool", .. string[] rest] => PoolBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project tests/Agents.Benchmarks -- COMMAND
          gemm [TEXT]   matrix products, GFLOP/s per path and thread count; only rows whose name contains TEXT
          qgemv [TEXT [ROWS [cache]]]  products of 1 to 3 rows with quantized weights, GB/s per path and thread count, beside plain reading
          attention [TEXT] [PAGE...]
                        attention over cached sequences at the shapes of published models: GB/s of the cache, GFLOP/s; only rows that contain TEXT
          qgemm [TEXT]  products with quantized weights, GOP/s per type, path and thread count; only rows that contain TEXT
          masks [VOCABULARY.gguf]  masks of constrained decoding, microseconds per step, cold and warm
          ops [TEXT]    all other kernels, ns per element and GFLOP/s of attention; only rows that contain TEXT
          train [STEPS] whole optimizer steps at the embedded model's shape: tokens/s, GFLOP/s, share of each phase
          lora-step MODEL.gguf [THREADS [ROUNDS]]
                        a LoRA step over a Qwen2.5-0.5B beside PyTorch's, alternating (AGENTS_ORACLE_PYTORCH names its python3)
          train-effect ARMS|all|room [--family F] [--seeds 1,2,3] [--questions 1000] [--others 200] [--split test] [--out FOLDER] [--SETTING VALUE]...
                        accuracy of the embedded model on held-out questions before and after sft, dpo, rejection, grpo and the controls of equal tokens; goes on
                        from FOLDER/effects.jsonl; room prints pass@k of every family
          peer-distributions MODEL.gguf [PROMPTS] [LENGTH]
                        next-token distributions of the engine and llama.cpp on the same file
          kill-resume [KILLS] [SEED] [off|streaming|async] [full|adapter]
                        kills the processes of a reinforcement run at random moments; the final weights must be those of an undisturbed run
          rl-step [MODEL.gguf] [STEPS] [LIMIT]
                        GRPO steps on the embedded model: seconds of sampling, scoring, backward, other, and sampled tokens/s
          peer-speed MODEL.gguf [THREADS] [ROUNDS] [all|short] [f32|f16|q8_0] [PLOT.svg]
                        the engine beside llama.cpp on the same file, alternating (AGENTS_ORACLE_LLAMACPP names its npm folder); the type is that of our keys and values
          roles MODEL.gguf PROMPTS [ITEMS [ROLE...]]
                        how well a model plays each role of the recipe, validation split, greedy (default 40 items per role and family)
          levels MODEL.gguf PROMPTS [ITEMS]
                        direct accuracy per family and level, validation split, greedy (default 100 items per level)
          strategies [TEXT]
                        what strategies cost without their model: microseconds and bytes per call, budgets and cancellation of a thousand at once
          adaptation [QUESTIONS] [CYCLES] [STEPS]
                        temporary adapters on the embedded model: milliseconds of adapting and answering; then CYCLES adaptations, four at once: weights, logits and memory before and after
          recording [REQUESTS]
                        what recording a request costs: microseconds that it waits, milliseconds and bytes until it is on disk
          pool          fork-join of the compute pool, microseconds
        """);
    return 2;
}
