using Agents.Training.Preflight;
using Agents.Training.Progress;

namespace Agents.Runtime.Learning;

/// <summary>How far a recipe's run is; what a loop says about its own step is beside it.</summary>
/// <param name="Stage">Name of the stage, for example <c>sample</c> or <c>round-2/train</c>.</param>
/// <param name="Step">Updates done; of a sampling stage, questions answered.</param>
/// <param name="Steps">Planned number of the stage.</param>
public sealed record RecipeProgress(string Stage, long Step, long Steps)
{
    /// <summary>Gets the step of supervised training; null in other stages.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>Gets the step of preference training; null in other stages.</summary>
    public PreferenceProgress? Preference { get; init; }

    /// <summary>Gets the step of reinforcement learning; null in other stages.</summary>
    public ReinforcementProgress? Reinforcement { get; init; }

    /// <summary>Gets the share of right answers so far; null outside sampling stages.</summary>
    public double? PassRate { get; init; }

    /// <summary>Gets what was found before the first step; null afterwards.</summary>
    public PreflightReport? Preflight { get; init; }
}
