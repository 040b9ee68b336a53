using System.Collections.Immutable;

namespace Agents.Training.Progress;

/// <summary>What one update of preference training did.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="Steps">Updates planned.</param>
/// <param name="Loss">Loss of the step.</param>
/// <param name="Margin">Mean of Σ(logp − reference) of wanted completions minus that of unwanted ones; without a reference, of Σ logp.</param>
/// <param name="Accuracy">Share of pairs whose margin is positive; NaN without pairs.</param>
/// <param name="ReferencePoint">Reference point of KTO; 0 for other losses.</param>
/// <param name="GradientNorm">Global norm before clipping.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="Tokens">Tokens of the run so far.</param>
public sealed record PreferenceProgress(
    long Step, long Steps, double Loss, double Margin, double Accuracy, double ReferencePoint, double GradientNorm, double LearningRate, long Tokens) : IStepReport
{
    /// <inheritdoc/>
    public ImmutableArray<string> Warnings => [];

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, double>> Numbers()
    {
        (string Name, double Value)[] all =
        [
            ("loss", Loss), ("margin", Margin), ("accuracy", Accuracy), ("referencePoint", ReferencePoint), ("gradientNorm", GradientNorm), ("learningRate", LearningRate), ("tokens", Tokens),
        ];
        return all.Where(entry => double.IsFinite(entry.Value)).Select(entry => KeyValuePair.Create(entry.Name, entry.Value));
    }
}
