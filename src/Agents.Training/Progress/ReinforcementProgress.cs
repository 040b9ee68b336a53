using System.Collections.Immutable;
using Agents.Training.Divergence;

namespace Agents.Training.Progress;

/// <summary>What one reinforcement step did.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps planned.</param>
/// <param name="Loss">Loss of the last update; null when the step had no signal and made none.</param>
/// <param name="GradientNorm">Global norm before clipping; null like the loss.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="RewardMean">Mean reward of the scored completions; NaN when none was scored.</param>
/// <param name="Components">Mean of every reward component over the completions where it was scored.</param>
/// <param name="Groups">Groups learned from.</param>
/// <param name="DeadGroups">Groups among them without signal.</param>
/// <param name="DrawnGroups">Groups that were sampled for the step; more than <paramref name="Groups"/> under dynamic sampling.</param>
/// <param name="Unscored">Completions that could not be scored.</param>
/// <param name="Truncated">Completions that a limit cut.</param>
/// <param name="Completions">Completions of the step.</param>
/// <param name="LengthMean">Mean length of the completions in tokens.</param>
/// <param name="Age">Updates between sampling and learning.</param>
/// <param name="Mismatch">Sampler against trainer at the start of the step, over the tokens that got a gradient; with age 0 nothing but rounding or a fault.</param>
/// <param name="Entropy">Mean entropy of the tokens that got a gradient, in nat; null without an update.</param>
/// <param name="ReferenceDivergence">Trained policy against the reference; null without a reference or update.</param>
/// <param name="Tokens">Tokens of the run so far, prompts included.</param>
public sealed record ReinforcementProgress(
    long Step,
    long Steps,
    double? Loss,
    double? GradientNorm,
    double LearningRate,
    double RewardMean,
    ImmutableSortedDictionary<string, double> Components,
    int Groups,
    int DeadGroups,
    int DrawnGroups,
    int Unscored,
    int Truncated,
    int Completions,
    double LengthMean,
    long Age,
    DivergenceReport Mismatch,
    double? Entropy,
    DivergenceReport? ReferenceDivergence,
    long Tokens) : IStepReport
{
    /// <summary>Gets the numbers of the guards by name.</summary>
    public ImmutableSortedDictionary<string, double> Guards { get; init; } = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    /// <summary>Gets where the time went; null when nobody measured.</summary>
    public ReinforcementTimes? Times { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, double>> Numbers()
    {
        (string Name, double? Value)[] all =
        [
            ("loss", Loss), ("gradientNorm", GradientNorm), ("learningRate", LearningRate), ("reward", RewardMean),
            .. Components.Select(component => ("reward." + component.Key, (double?)component.Value)),
            ("groups", Groups), ("deadGroups", DeadGroups), ("drawnGroups", DrawnGroups), ("unscored", Unscored), ("truncated", Truncated),
            ("completions", Completions), ("length", LengthMean), ("age", Age),
            ("mismatch.k3", Mismatch.K3), ("mismatch.maximumRatio", Mismatch.MaximumRatio), ("mismatch.effectiveSamples", Mismatch.EffectiveSampleShare),
            ("entropy", Entropy), ("reference.k1", ReferenceDivergence?.K1), ("reference.k3", ReferenceDivergence?.K3), ("tokens", Tokens),
            .. Guards.Select(guard => (guard.Key, (double?)guard.Value)),
            .. Times is null ? [] : Times.Numbers().Select(entry => (entry.Key, (double?)entry.Value)),
        ];
        return all.Where(entry => entry.Value is { } value && double.IsFinite(value)).Select(entry => KeyValuePair.Create(entry.Name, entry.Value!.Value));
    }
}
