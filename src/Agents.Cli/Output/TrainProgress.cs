using System.Collections.Immutable;
using Agents.Runtime.Learning;
using Agents.Training.Preflight;
using Agents.Training.Progress;

namespace Agents.Cli.Output;

/// <summary>Shows the steps of a training run on its board, stage by stage. Reports at once and in order, unlike the built-in class, which posts to the thread pool.</summary>
/// <param name="board">The board.</param>
/// <param name="console">Where the preflight is shown before the first step.</param>
internal sealed class TrainProgress(TrainingBoard board, CommandConsole console) : IProgress<RecipeProgress>
{
    /// <inheritdoc/>
    public void Report(RecipeProgress value)
    {
        if (value.Preflight is { } preflight)
        {
            Show(preflight);
        }

        IStepReport? step = value switch
        {
            { Training: { } training } => training,
            { Preference: { } preference } => preference,
            { Reinforcement: { } reinforcement } => reinforcement,
            { PassRate: { } rate } => new SampledQuestions(value.Step, value.Steps, rate),
            _ => null,
        };
        if (step is not null)
        {
            board.Report(value.Stage, step);
        }
    }

    /// <summary>Everything for a person who watches; otherwise what differs from what was asked for.</summary>
    private void Show(PreflightReport preflight)
    {
        if (console.ShowsProgress || console.Verbose)
        {
            console.Error.Write(preflight.ToString());
            return;
        }

        foreach (PreflightFinding finding in preflight.Findings.Where(finding => finding.Verdict == PreflightVerdict.Warn))
        {
            console.Note($"warning: preflight: {finding.Text}");
        }

        foreach (PreflightChange change in preflight.Changes)
        {
            console.Note($"warning: preflight changed {change.Setting} from {change.From} to {change.To}. {change.Reason}");
        }
    }

    private sealed record SampledQuestions(long Step, long Steps, double PassRate) : IStepReport
    {
        public ImmutableArray<string> Warnings => [];

        public IEnumerable<KeyValuePair<string, double>> Numbers() => double.IsFinite(PassRate) ? [KeyValuePair.Create("passRate", PassRate)] : [];
    }
}
