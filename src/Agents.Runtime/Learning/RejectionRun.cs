using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Data;
using Agents.Training.Loops;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>Rejection-sampling fine-tuning: in every round the present model answers the questions, right answers are kept, and it is fine-tuned on them.</summary>
/// <param name="session">The run.</param>
/// <param name="pool">The questions.</param>
internal sealed class RejectionRun(RecipeSession session, QuestionPool pool)
{
    private readonly RejectionSettings _settings = session.Recipe.Rejection!;

    /// <summary>Runs all rounds.</summary>
    /// <param name="cancellationToken">Stops the run; what is done stays.</param>
    public async Task<TrainingResult> RunAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<RolloutPrompt> questions = session.Questions(pool, _settings.Sampling.Questions, _settings.Sampling.MaximumTokens);
        TrainingResult? total = null;
        for (int round = 1; round <= _settings.Rounds; round++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"round-{round}");
            string folder = Path.Combine(session.Folder, name);
            InMemoryExampleSource kept = await KeptAsync(name, folder, questions, round, cancellationToken).ConfigureAwait(false);

            // Every round is a fine-tuning of its own; only the weights go on.
            session.Trainee.ResetOptimizer();
            TrainingResult result = await SupervisedRun.RunAsync(session, name + "/train", folder, kept, validation: null, cancellationToken).ConfigureAwait(false);
            total = total is null ? result : Sum(total, result);
        }

        return total!;
    }

    private static TrainingResult Sum(TrainingResult before, TrainingResult result) => result with
    {
        Steps = before.Steps + result.Steps,
        Tokens = before.Tokens + result.Tokens,
        ResumedFrom = before.ResumedFrom + result.ResumedFrom,
        CutTokens = before.CutTokens + result.CutTokens,
        DeadSteps = before.DeadSteps + result.DeadSteps,
        DamagedCheckpoints = [.. before.DamagedCheckpoints, .. result.DamagedCheckpoints],
    };

    /// <summary>Samples and filters. Every round draws its answers from a seed of its own.</summary>
    private async Task<InMemoryExampleSource> KeptAsync(string name, string folder, ImmutableArray<RolloutPrompt> questions, int round, CancellationToken cancellationToken)
    {
        SampleStage stage = new(session, name + "/sample", folder, _settings.Sampling);
        string file = Path.Combine(folder, "kept.jsonl");
        using PolicyGeneration policy = await session.Trainee.Sync.PublishAsync(cancellationToken).ConfigureAwait(false);
        string samples = await stage.RunAsync(policy, questions, new SampleStream(session.Recipe.Seed, (ulong)round).NextBits(), cancellationToken).ConfigureAwait(false);
        StageInputs inputs = new(
            name + "/filter",
            session.Recipe.Seed,
            StageInputs.Map(("samples", samples)),
            StageInputs.Map(("keepPerQuestion", _settings.KeepPerQuestion), ("lowestPassRate", _settings.Sampling.LowestPassRate), ("highestPassRate", _settings.Sampling.HighestPassRate)));
        bool reused = session.Stages.IsFinished(inputs, file);
        if (!reused)
        {
            session.Stages.Begin(inputs, folder, Path.GetFileName(file));
            AcceptedFile.Write(file, stage.Read(policy, questions.Length), _settings, session.Tokenizer);
        }

        InMemoryExampleSource kept = AcceptedFile.Read(file);
        session.Stages.End(inputs, file, kept.Count!.Value, reused, policy.Id);
        return kept;
    }
}
