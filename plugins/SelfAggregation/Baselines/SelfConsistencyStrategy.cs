using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Self-consistency: n samples, plurality over extracted answers, the earliest wins ties. Falls back to the first sample when none has an answer.</summary>
public sealed class SelfConsistencyStrategy : IReasoningStrategy
{
    private const string Id = "self-consistency";
    private const int DefaultSamples = 4;
    private const double DefaultTemperature = 0.8;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        VotingSettings settings = StrategySettings.Read(context.Options, Id, new VotingSettings(), SettingsJson.Default.VotingSettings, VotingSettings.Descriptions);
        new SettingRules(Id)
            .Require(settings.CandidatesFrom?.Strategy is not "", "candidatesFrom is empty, name a strategy or leave it out")
            .Require(settings.CandidatesFrom is null || !settings.StopAtLead, "stopAtLead is given, but candidatesFrom names a strategy, whose runs are not stopped one by one")
            .ThrowIfBroken();
        int samples = context.Options.Samples ?? DefaultSamples;
        double temperature = context.Options.Temperature ?? DefaultTemperature;
        using IReasoningStep step = context.BeginStep("candidates");
        yield return new StepStartedUpdate(step.NodeId, step.Name);
        List<Candidate> candidates = [];
        if (settings.CandidatesFrom is { } source)
        {
            candidates.AddRange(await NestedCandidates.SampleAsync(task, step, source, samples, reserve: 0, cancellationToken).ConfigureAwait(false));
        }

        while (settings.CandidatesFrom is null && candidates.Count < samples)
        {
            int wanted = settings.StopAtLead ? 1 : samples;
            candidates.AddRange(await CandidateSampler.SampleAsync(task, step, wanted, reserve: 0, temperature, candidates.Count, cancellationToken).ConfigureAwait(false));
            yield return new DraftUpdate(Answers.Of(Vote.Of(candidates), candidates));
            if (!settings.StopAtLead || SoftLimit.Reached(context.Budget) || context.Budget.RemainingCalls < 1 || IsDecided(candidates, samples))
            {
                break;
            }
        }

        Vote vote = Vote.Of(candidates);
        yield return new StepFinishedUpdate(step.NodeId, $"{vote.Votes} of {vote.Candidates} agree");
        yield return new AnswerUpdate(Answers.Of(vote, candidates));
    }

    private static bool IsDecided(List<Candidate> candidates, int samples)
    {
        int[] counts = [.. candidates.Where(candidate => candidate.Answer is not null).GroupBy(candidate => candidate.Answer).Select(group => group.Count()).OrderDescending()];
        int second = counts.Length > 1 ? counts[1] : 0;
        return counts.Length > 0 && counts[0] > second + (samples - candidates.Count);
    }
}
