using System.Globalization;
using Agents.Runtime.Learning;

namespace Agents.Cli.Output;

/// <summary>Shows the steps of a training run on the progress board, stage by stage. Reports at once and in order, unlike the built-in class, which posts to the thread pool.</summary>
/// <param name="board">The board.</param>
/// <param name="name">Name of the run.</param>
internal sealed class TrainProgress(ProgressBoard board, string name) : IProgress<RecipeProgress>
{
    private string _stage = "";
    private double? _validation;

    /// <inheritdoc/>
    public void Report(RecipeProgress value)
    {
        if (value.Stage != _stage)
        {
            _stage = value.Stage;
            board.Begin($"{name} {value.Stage}", value.Steps);
        }

        _validation = value.Training?.ValidationLoss ?? _validation;
        board.Report(value.Step, value.Steps, Detail(value));
    }

    private string Detail(RecipeProgress value)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        string validation = _validation is { } held ? string.Create(culture, $"  validation {held:F3}") : "";
        return value switch
        {
            { Training: { } step } => string.Create(culture, $"loss {step.Loss:F3}{validation}  {step.TokensPerSecond:F0} tokens/s"),
            { Preference: { } step } => string.Create(culture, $"loss {step.Loss:F3}  margin {step.Margin:F3}  accuracy {step.Accuracy:P0}"),
            { Reinforcement: { } step } => string.Create(culture, $"reward {step.RewardMean:F3}  dead {step.DeadGroups}/{step.Groups}  length {step.LengthMean:F0}  mismatch {step.Mismatch.K3:G2}"),
            { PassRate: { } rate } => string.Create(culture, $"right {rate:P0}"),
            _ => "",
        };
    }
}
