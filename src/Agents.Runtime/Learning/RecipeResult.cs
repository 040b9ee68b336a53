using System.Collections.Immutable;
using Agents.Training.Loops;
using Agents.Training.Preflight;
using Agents.Training.Progress;

namespace Agents.Runtime.Learning;

/// <summary>What a recipe made.</summary>
/// <param name="Training">What the run did; of several training stages, their sum and the last loss.</param>
/// <param name="ModelPath">The finished model file; for LoRA the adapter as GGUF, beside which <c>NAME-peft</c> holds the same for PEFT.</param>
public sealed record RecipeResult(TrainingResult Training, string ModelPath)
{
    /// <summary>Gets the updates that were planned; fewer were done only where <see cref="ExitCode"/> is not 0.</summary>
    public required long PlannedSteps { get; init; }

    /// <summary>Gets why the run ended.</summary>
    public ReinforcementStop Stop { get; init; }

    /// <summary>Gets what happened and the way out; empty for a complete run.</summary>
    public string Explanation { get; init; } = "";

    /// <summary>Gets the exit code of a process that ran this: 0 only when every planned update was done.</summary>
    public int ExitCode => (int)Stop;

    /// <summary>Gets the stages in order.</summary>
    public ImmutableArray<StageReport> Stages { get; init; } = [];

    /// <summary>Gets one sentence per thing worth knowing: files set aside, damaged files that were passed over.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Gets what was found before the first step.</summary>
    public PreflightReport Preflight { get; init; } = new();

    /// <summary>Gets the last step of preference training; null for other loops or when nothing was left to do.</summary>
    public PreferenceProgress? Preference { get; init; }

    /// <summary>Gets the last step of reinforcement learning; null for other loops or when nothing was left to do.</summary>
    public ReinforcementProgress? Reinforcement { get; init; }
}
