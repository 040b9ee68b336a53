using System.Collections.Immutable;
using System.Globalization;
using Agents.Training.Experience;
using Agents.Training.Loops;
using Agents.Training.Rollouts;

namespace Agents.Training.Preflight;

/// <summary>
/// Looks at a reinforcement run before its first step: samples and scores a few prompts with the run's own stages. Where too many completions are cut it raises
/// the answer limit and looks again; where no group has a signal it looks at more prompts before it refuses.
/// </summary>
/// <remarks>The prompts are the ones that the run begins with, and the sampler is put back to where it was. Nothing is trained, journaled or observed.</remarks>
public static class RolloutPreflight
{
    /// <summary>Runs the preflight.</summary>
    /// <param name="stages">The stages of the run.</param>
    /// <param name="policy">The policy with the weights that the run starts from; stays the caller's.</param>
    /// <param name="limits">What is accepted.</param>
    /// <param name="withLimit">Makes the stages with another answer limit (rollout, and penalties that refer to it); null when the limit must stay.</param>
    /// <param name="cancellationToken">Honoured within one decode step.</param>
    /// <returns>The report, and the stages to run with: the same, or with a higher answer limit.</returns>
    public static async Task<(PreflightReport Report, ReinforcementStages Stages)> RunAsync(
        ReinforcementStages stages, PolicyGeneration policy, RolloutLimits limits, Func<ReinforcementStages, int, ReinforcementStages>? withLimit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(limits);
        limits.Validate();
        byte[] before = stages.Prompts.Save();
        try
        {
            return await RunAsync(stages, new Draw(stages.Prompts, []), policy, limits, withLimit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            stages.Prompts.Restore(before);
        }
    }

    /// <summary>Makes the rollout stage with the answer limit of an earlier preflight, for a resumed run.</summary>
    /// <param name="stages">The stages of the run.</param>
    /// <param name="report">The stored report.</param>
    /// <param name="withLimit">Makes the stages with another answer limit.</param>
    public static ReinforcementStages Apply(ReinforcementStages stages, PreflightReport report, Func<ReinforcementStages, int, ReinforcementStages> withLimit)
    {
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(withLimit);
        long tokens = report.Value(PreflightChange.AnswerTokens, stages.Rollout.MaximumTokens);
        return tokens == stages.Rollout.MaximumTokens ? stages : withLimit(stages, checked((int)tokens));
    }

    private static async Task<(PreflightReport Report, ReinforcementStages Stages)> RunAsync(
        ReinforcementStages stages, Draw draw, PolicyGeneration policy, RolloutLimits limits, Func<ReinforcementStages, int, ReinforcementStages>? withLimit, CancellationToken cancellationToken)
    {
        int asked = stages.Rollout.MaximumTokens;
        int prompts = limits.Prompts;
        int doublings = 0;
        while (true)
        {
            RolloutTicket[] tickets = draw.Take(prompts);
            int longest = tickets.Max(ticket => ticket.Prompt.TokenIds.Length);
            if (longest >= limits.ContextLength)
            {
                return (TooLong(longest, limits), stages);
            }

            RolloutStatistics statistics = RolloutStatistics.Of(await SampleAsync(stages, tickets, policy, cancellationToken).ConfigureAwait(false));
            int present = stages.Rollout.MaximumTokens;
            if (withLimit is not null && doublings < limits.MaximumDoublings && RolloutJudgement.HigherLimit(statistics, limits, present) is { } higher)
            {
                stages = withLimit(stages, higher);
                doublings++;
                continue;
            }

            if (statistics.DeadGroups == statistics.Groups && statistics.Reward.Count > 0 && prompts < limits.MaximumPrompts)
            {
                prompts = Math.Min(2 * prompts, limits.MaximumPrompts);
                continue;
            }

            PreflightReport report = RolloutJudgement.Of(statistics, limits, present);
            return (present == asked ? report : report with { Changes = [Change(asked, present, statistics)] }, stages);
        }
    }

    private static PreflightChange Change(int asked, int present, RolloutStatistics statistics) => new(
        PreflightChange.AnswerTokens,
        asked,
        present,
        string.Create(CultureInfo.InvariantCulture, $"Too many completions were cut at {asked} tokens; at {present} it is {statistics.TruncatedShare:P0}."));

    private static PreflightReport TooLong(int longest, RolloutLimits limits) => new()
    {
        Findings = [new PreflightFinding("length", PreflightVerdict.Refuse, $"A prompt has {longest} tokens, which leaves no room for an answer in {limits.ContextLength}. Drop long prompts, or use a model with a longer context.")],
    };

    private static async Task<IReadOnlyList<ExperienceGroup>> SampleAsync(ReinforcementStages stages, RolloutTicket[] tickets, PolicyGeneration policy, CancellationToken cancellationToken)
    {
        List<ExperienceGroup> scored = [];
        await foreach (SampledGroup group in stages.Rollout.SampleAsync(policy, tickets, cancellationToken).ConfigureAwait(false))
        {
            RolloutPrompt prompt = group.Ticket.Prompt;
            ImmutableArray<ExperienceRow> rows = [.. group.Completions.Select(completion => stages.Trajectories.Build(prompt, completion, policy.Id, 0))];
            scored.Add(await stages.Rewards.ScoreAsync(prompt, new ExperienceGroup(0, group.Ticket.Draw, prompt.Id, prompt.Source, rows), cancellationToken).ConfigureAwait(false));
        }

        // Groups come as they end; the order of the draws makes the figures independent of timing.
        return [.. scored.OrderBy(group => group.Draw)];
    }

    /// <summary>The first prompts of a run, drawn as far as needed.</summary>
    private sealed class Draw(IPromptSampler sampler, List<RolloutTicket> tickets)
    {
        public RolloutTicket[] Take(int count)
        {
            while (tickets.Count < count)
            {
                tickets.Add(new RolloutTicket(tickets.Count, sampler.Next()));
            }

            return [.. tickets.Take(count)];
        }
    }
}
