using System.Collections.Immutable;
using System.Globalization;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Trajectories;
using Agents.Training.Manifests;
using Agents.Training.Rollouts;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Learning.Roles;

/// <summary>The stage that runs a strategy on the questions and records all its branches with verdicts. What is recorded is not run again, however often the stage was stopped.</summary>
/// <param name="settings">Settings.</param>
/// <param name="stages">The run's stages.</param>
/// <param name="progress">Told after every question; null for nobody.</param>
internal sealed class BranchStage(RolesSettings settings, StageLedger stages, IProgress<RecipeProgress>? progress)
{
    private const int QuestionsAtOnce = 8;

    /// <summary>All branches of a round in one file, so that the manifest has one hash.</summary>
    private const long MaximumFileBytes = 1L << 40;

    /// <summary>Runs what is missing.</summary>
    /// <param name="inputs">What decides the stage.</param>
    /// <param name="folder">Folder of the records.</param>
    /// <param name="create">Creates the engine; it is given the recorder.</param>
    /// <param name="models">The models of the roles.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="parent">Generation that answers.</param>
    /// <param name="cancellationToken">Stops between questions; what is recorded stays.</param>
    /// <returns>The branches.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; resume to go on.</exception>
    public async Task<IReadOnlyList<Trajectory>> RunAsync(
        StageInputs inputs, string folder, Func<IRequestObserver, ReasoningEngine> create, RoleModels models, ImmutableArray<RolloutPrompt> questions, ulong seed, string parent, CancellationToken cancellationToken)
    {
        bool resumes = stages.Begin(inputs, folder, TrajectoryJournal.Prefix + "*");
        HashSet<string> done = resumes ? [.. (await ReadAsync(folder, cancellationToken).ConfigureAwait(false)).Select(trajectory => trajectory.Task.Id)] : [];
        RolloutPrompt[] missing = [.. questions.Where(question => !done.Contains(question.Id))];
        if (missing.Length > 0)
        {
            await AnswerAsync(inputs.Stage, folder, create, models, questions.Length, missing, seed, cancellationToken).ConfigureAwait(false);
        }

        List<Trajectory> branches = await ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        stages.End(inputs, TrajectoryJournal.Files(folder)[0], branches.Count, missing.Length == 0, parent);
        return branches;
    }

    private static async Task<List<Trajectory>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        List<Trajectory> read = [];
        await foreach (Trajectory trajectory in TrajectoryFile.ReadAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            read.Add(trajectory);
        }

        return read;
    }

    private async Task AnswerAsync(
        string stage, string folder, Func<IRequestObserver, ReasoningEngine> create, RoleModels models, int total, RolloutPrompt[] missing, ulong seed, CancellationToken cancellationToken)
    {
        int answered = total - missing.Length;
        int right = 0;
        int judged = 0;
        await using TrajectoryRecorder recorder = new(folder, new TrajectoryRecorderOptions { WaitForRoom = true, MaximumFileBytes = MaximumFileBytes });
        ReasoningEngine engine = create(recorder);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(missing, parallel, async (question, token) =>
            {
                ReasoningRequest request = new()
                {
                    Models = models,
                    Options = new StrategyOptions
                    {
                        Samples = settings.Samples, Temperature = settings.Temperature, MaxTokens = settings.MaximumTokens, Seed = seed, Settings = settings.StrategySettings,
                    },
                    Provenance = new RequestProvenance { Source = "train", Family = question.Source, Split = "train", Reference = question.Reference, Judge = new ReferenceJudge(question) },
                };
                ReasoningTask task = new([new ChatMessage(ChatRole.User, question.Question)]) { Id = question.Id };
                ReasoningResult result = await engine.SolveAsync(settings.Strategy, task, request, token).ConfigureAwait(false);
                bool? correct = result.Answer is { } answer ? (await request.Provenance.Judge.JudgeAsync(new(question.Question, answer.Text), token).ConfigureAwait(false)).Correct : null;
                Interlocked.Add(ref judged, correct is null ? 0 : 1);
                Interlocked.Add(ref right, correct == true ? 1 : 0);
                progress?.Report(new RecipeProgress(stage, Interlocked.Increment(ref answered), total) { PassRate = judged > 0 ? (double)right / judged : null });
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(
                string.Create(CultureInfo.InvariantCulture, $"Stage '{stage}' stopped after {answered} of {total} questions; resume from {folder}."), cancellationToken);
        }

        await recorder.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (recorder.Counts.Failed > 0)
        {
            throw new RecipeException($"Stage '{stage}' could not record {recorder.Counts.Failed} answers in '{folder}'. Free some disk space and resume.");
        }
    }
}
