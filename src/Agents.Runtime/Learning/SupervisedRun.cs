using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Preflight;
using Agents.Training.Progress;

namespace Agents.Runtime.Learning;

/// <summary>A stage of supervised training: the whole of a supervised recipe, or one round of rejection sampling.</summary>
internal static class SupervisedRun
{
    /// <summary>Files of a training stage besides its inputs.</summary>
    public static readonly string[] Files = ["step-*.checkpoint", "metrics.jsonl"];

    /// <summary>Examples that the preflight looks at.</summary>
    private const int PreflightExamples = 512;

    /// <summary>Trains, or loads what an earlier process finished.</summary>
    /// <param name="session">The run.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="training">Training data.</param>
    /// <param name="validation">Validation data; null for none.</param>
    /// <param name="cancellationToken">Stops the run; a checkpoint is written first.</param>
    public static async Task<TrainingResult> RunAsync(
        RecipeSession session, string stage, string folder, ITrainingExampleSource training, ITrainingExampleSource? validation, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = session.Recipe;
        StageInputs inputs = session.TrainingInputs(
            stage, [("training", training.Fingerprint), ("validation", validation?.Fingerprint ?? "none")], [("loss", CrossEntropyLoss.LossId)]);
        if (session.Preflight.IsDue)
        {
            session.Preflight.Add(SupervisedPreflight.Examine(training, recipe.Packing, PreflightExamples));
        }

        bool resume = session.Stages.Begin(inputs, folder, Files);
        var options = new SupervisedTrainerOptions
        {
            Steps = recipe.Steps,
            OutputFolder = folder,
            Seed = recipe.Seed,
            Packing = recipe.Packing,
            Schedule = recipe.LearningRate,
            ValidationEverySteps = recipe.ValidationSteps,
            ValidationExamples = recipe.ValidationExamples,
            CheckpointEverySteps = recipe.CheckpointSteps,
            CheckpointInterval = session.CheckpointInterval,
            Resume = resume,
            Recipe = inputs.Hash,
        };
        SupervisedTrainer trainer = new(session.Trainee.Model, new CrossEntropyLoss(), training, options, validation, session.Time);
        StepReports<TrainingProgress>? progress = session.Progress is null
            ? null
            : new(report => session.Progress.Report(new RecipeProgress(stage, report.Step, report.Steps) { Training = report }));
        TrainingResult result = await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        session.Stages.End(inputs, result.Checkpoint, result.Steps, result.ResumedFrom == result.Steps, session.Trainee.Start);
        return result;
    }
}
