using System.Runtime.CompilerServices;
using Agents.Training.Experience;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;

namespace Agents.Benchmarks.Experiments;

/// <summary>Passes on to a rollout and a reward, counts sampled tokens and tells a clock what happens.</summary>
/// <param name="rollout">Samples.</param>
/// <param name="rewards">Scores.</param>
/// <param name="clock">Told about every phase.</param>
internal sealed class TimedStages(IRollout rollout, IRewardComposer rewards, PhaseClock clock) : IRollout, IRewardComposer
{
    private long _sampled;

    /// <summary>Gets the sampled tokens.</summary>
    public long SampledTokens => Interlocked.Read(ref _sampled);

    /// <inheritdoc/>
    public double Temperature => rollout.Temperature;

    /// <inheritdoc/>
    public int MaximumTokens => rollout.MaximumTokens;

    /// <inheritdoc/>
    string IRollout.Settings => rollout.Settings;

    /// <inheritdoc/>
    string IRewardComposer.Settings => rewards.Settings;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SampledGroup> SampleAsync(
        PolicyGeneration policy, IReadOnlyList<RolloutTicket> tickets, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using PhaseClock.Span _ = clock.Measure("sampling");
        await foreach (SampledGroup group in rollout.SampleAsync(policy, tickets, cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Add(ref _sampled, group.Completions.Sum(completion => (long)completion.TokenIds.Length));
            yield return group;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ExperienceGroup> ScoreAsync(RolloutPrompt prompt, ExperienceGroup group, CancellationToken cancellationToken = default)
    {
        using PhaseClock.Span _ = clock.Measure("rewards");
        return await rewards.ScoreAsync(prompt, group, cancellationToken).ConfigureAwait(false);
    }
}
