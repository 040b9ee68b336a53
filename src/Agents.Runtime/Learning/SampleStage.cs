using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Experience;
using Agents.Training.Manifests;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;

namespace Agents.Runtime.Learning;

/// <summary>
/// The stage that samples and verifies answers. Every judged group is on disk at once, so that a run that was stopped does not sample it again; the file is the same
/// however often it was stopped.
/// </summary>
/// <param name="session">The run.</param>
/// <param name="name">Name of the stage.</param>
/// <param name="folder">Folder of the stage.</param>
/// <param name="sampling">Settings.</param>
internal sealed class SampleStage(RecipeSession session, string name, string folder, SamplingSettings sampling)
{
    /// <summary>Answers that are sampled in one request.</summary>
    private const int AnswersPerRequest = 64;

    /// <summary>Gets the file of the groups.</summary>
    public string File { get; } = Path.Combine(folder, "samples.journal");

    /// <summary>Samples what is missing.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="cancellationToken">Stops between requests; what is judged stays.</param>
    /// <returns>SHA-256 of the file of the groups.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; resume to go on.</exception>
    public async Task<string> RunAsync(PolicyGeneration policy, ImmutableArray<RolloutPrompt> questions, ulong seed, CancellationToken cancellationToken)
    {
        GroupRollout rollout = session.Rollout(sampling.PerQuestion, sampling.MaximumTokens, sampling.Temperature, seed);
        StageInputs inputs = new(
            name,
            seed,
            StageInputs.Map(("policy", policy.Id), ("questions", new ShuffledPromptSampler(questions, seed).Fingerprint), ("tokenizer", session.Tokenizer.Fingerprint)),
            StageInputs.Map(("rollout", rollout.Settings), ("reward", "correct")));
        if (session.Stages.IsFinished(inputs, File))
        {
            session.Stages.End(inputs, File, questions.Length, reused: true, policy.Id);
            return StageManifestFile.HashOf(File);
        }

        session.Stages.Begin(inputs, folder, Path.GetFileName(File));
        WeightedRewardComposer rewards = new(session.Tokenizer, ComponentVerifier.Rewards([new RewardSetting("correct", 1)]));
        using (RolloutJournal journal = new(File))
        {
            await SampleAsync(journal, policy, questions, rollout, rewards, cancellationToken).ConfigureAwait(false);
        }

        session.Stages.End(inputs, File, questions.Length, reused: false, policy.Id);
        return StageManifestFile.HashOf(File);
    }

    /// <summary>Reads the groups of the finished stage in the order of the questions.</summary>
    /// <param name="policy">The policy that sampled.</param>
    /// <param name="questions">How many questions there were.</param>
    public ImmutableArray<ExperienceGroup> Read(PolicyGeneration policy, int questions)
    {
        using RolloutJournal journal = new(File);
        return [.. Enumerable.Range(0, questions).Select(draw => journal.Find(draw, policy.Id) ?? throw new RecipeException($"'{File}' has no answers to question {draw}. Remove the file and resume."))];
    }

    private async Task SampleAsync(
        RolloutJournal journal, PolicyGeneration policy, ImmutableArray<RolloutPrompt> questions, GroupRollout rollout, WeightedRewardComposer rewards, CancellationToken cancellationToken)
    {
        int perRequest = Math.Max(1, AnswersPerRequest / sampling.PerQuestion);
        CompletionTrajectory trajectory = new();
        double right = 0;
        int judged = 0;
        for (int first = 0; first < questions.Length; first += perRequest)
        {
            RolloutTicket[] tickets = [.. Enumerable.Range(first, Math.Min(perRequest, questions.Length - first)).Select(draw => new RolloutTicket(draw, questions[draw]))];
            RolloutTicket[] missing = [.. tickets.Where(ticket => journal.Find(ticket.Draw, policy.Id) is null)];
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                List<SampledGroup> sampled = [];
                if (missing.Length > 0)
                {
                    await foreach (SampledGroup group in rollout.SampleAsync(policy, missing, cancellationToken).ConfigureAwait(false))
                    {
                        sampled.Add(group);
                    }
                }

                foreach (SampledGroup group in sampled.OrderBy(group => group.Ticket.Draw))
                {
                    ExperienceGroup rows = new(
                        0, group.Ticket.Draw, group.Ticket.Prompt.Id, group.Ticket.Prompt.Source,
                        [.. group.Completions.Select(completion => trajectory.Build(group.Ticket.Prompt, completion, policy.Id, 0))]);
                    journal.Append(await rewards.ScoreAsync(group.Ticket.Prompt, rows, cancellationToken).ConfigureAwait(false));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(
                    string.Create(CultureInfo.InvariantCulture, $"Stage '{name}' stopped after answers to {journal.Count} of {questions.Length} questions; resume from {File}."), cancellationToken);
            }

            foreach (RolloutTicket ticket in tickets)
            {
                double[] scores = [.. journal.Find(ticket.Draw, policy.Id)!.Rows.Select(row => row.Reward).Where(reward => !double.IsNaN(reward))];
                right += scores.Sum();
                judged += scores.Length;
            }

            session.Progress?.Report(new RecipeProgress(name, first + tickets.Length, questions.Length) { PassRate = judged > 0 ? right / judged : null });
        }
    }
}
