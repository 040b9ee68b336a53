using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Agents.Training.Errors;
using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Rollouts;

/// <summary>Samples the groups of some tickets and scores each as soon as it is complete, beside the sampling of the others; what the journal has is not made again.</summary>
internal sealed class ScoredSamples(
    ReinforcementStages stages, RolloutJournal journal, TimeProvider time, PolicyGeneration generation, long batch, long version)
{
    /// <summary>Gets the time from asking for completions to the last one.</summary>
    public TimeSpan Sampling { get; private set; }

    /// <summary>Gets the time in verifiers and the reference.</summary>
    public TimeSpan Scoring { get; private set; }

    /// <summary>Gets the sampled tokens.</summary>
    public long Tokens { get; private set; }

    /// <summary>Returns the scored groups in the order of the tickets, each as soon as it and those before it are ready.</summary>
    /// <param name="tickets">What to sample.</param>
    /// <param name="cancellationToken">Honoured within one decode step.</param>
    public async IAsyncEnumerable<ExperienceGroup> InOrderAsync(RolloutTicket[] tickets, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ExperienceGroup?[] ready = [.. tickets.Select(ticket => journal.Find(ticket.Draw, generation.Id))];
        RolloutTicket[] missing = [.. tickets.Where((_, index) => ready[index] is null)];
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<SampledGroup> sampled = Channel.CreateUnbounded<SampledGroup>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Task sampling = missing.Length == 0 ? Task.CompletedTask : SampleAsync(missing, sampled.Writer, stop.Token);
        try
        {
            for (int next = 0; next < tickets.Length; next++)
            {
                while (ready[next] is null)
                {
                    if (!await sampled.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        throw new TrainingException($"The rollout '{stages.Rollout.Settings}' ended without a group for draw {tickets[next].Draw} (prompt '{tickets[next].Prompt.Id}'); it must give one group per ticket.");
                    }

                    while (sampled.Reader.TryRead(out SampledGroup? group))
                    {
                        ready[Array.FindIndex(tickets, ticket => ticket.Draw == group.Ticket.Draw)] = await ScoreAsync(group, cancellationToken).ConfigureAwait(false);
                    }
                }

                // A journaled group may come from an earlier step with the same weights; its age counts from now.
                yield return ready[next]! with { Batch = batch, Rows = [.. ready[next]!.Rows.Select(row => row with { Version = version })] };
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SampleAsync(RolloutTicket[] tickets, ChannelWriter<SampledGroup> writer, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        try
        {
            await foreach (SampledGroup group in stages.Rollout.SampleAsync(generation, tickets, cancellationToken).ConfigureAwait(false))
            {
                Tokens += group.Completions.Sum(completion => (long)completion.TokenIds.Length);
                Sampling = time.GetElapsedTime(start);
                writer.TryWrite(group);
            }

            writer.Complete();
        }
        catch (Exception error)
        {
            writer.Complete(error);
        }
    }

    private async Task<ExperienceGroup> ScoreAsync(SampledGroup group, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        ExperienceGroup rows = new(
            batch, group.Ticket.Draw, group.Ticket.Prompt.Id, group.Ticket.Prompt.Source,
            [.. group.Completions.Select(completion => stages.Trajectories.Build(group.Ticket.Prompt, completion, generation.Id, version))]);
        ExperienceGroup scored = await stages.Rewards.ScoreAsync(group.Ticket.Prompt, rows, cancellationToken).ConfigureAwait(false);
        if (stages.Reference is { } reference)
        {
            IReadOnlyList<float[]> scores = await reference.ScoreAsync(
                scored.Rows[0].PromptTokenIds, [.. scored.Rows.Select(row => row.CompletionTokenIds)], cancellationToken).ConfigureAwait(false);
            scored = scored with
            {
                Rows = [.. scored.Rows.Select((row, index) => row with { ReferenceLogProbability = [.. scores[index].Select(value => (double)value)] })],
            };
        }

        Scoring += time.GetElapsedTime(start);
        journal.Append(scored);
        return scored;
    }
}
