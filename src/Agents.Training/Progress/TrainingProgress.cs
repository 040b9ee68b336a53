using System.Collections.Immutable;

namespace Agents.Training.Progress;

/// <summary>What one update did; reported after it and written as one line of the metrics file.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="Steps">Updates planned.</param>
/// <param name="Loss">Loss of the step over all its targets.</param>
/// <param name="ValidationLoss">Cross-entropy per target of the validation data; null where it was not measured after this step.</param>
/// <param name="GradientNorm">Global norm before clipping.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="Tokens">Tokens of the run so far.</param>
/// <param name="TokensPerSecond">Tokens per second of this step.</param>
/// <param name="CutTokens">Tokens of this step that were left out because their sequence was too long.</param>
public sealed record TrainingProgress(
    long Step, long Steps, double Loss, double? ValidationLoss, double GradientNorm, double LearningRate, long Tokens, double TokensPerSecond, int CutTokens) : IStepReport
{
    /// <inheritdoc/>
    public ImmutableArray<string> Warnings => [];

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, double>> Numbers()
    {
        (string Name, double? Value)[] all =
        [
            ("loss", Loss), ("validationLoss", ValidationLoss), ("gradientNorm", GradientNorm), ("learningRate", LearningRate), ("tokens", Tokens),
            ("tokensPerSecond", Math.Round(TokensPerSecond, 1)), ("cutTokens", CutTokens > 0 ? CutTokens : null),
        ];
        return all.Where(entry => entry.Value is { } value && double.IsFinite(value)).Select(entry => KeyValuePair.Create(entry.Name, entry.Value!.Value));
    }
}
