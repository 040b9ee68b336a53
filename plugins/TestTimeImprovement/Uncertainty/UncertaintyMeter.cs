using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Plugins.TestTimeImprovement.Improvement;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Uncertainty;

/// <summary>H, self-awareness: how sure the unadapted model is of its decision (papers/61 §2). Scoring offered functions takes no call; the other ways take the calls that also answer where nothing is improved.</summary>
internal sealed class UncertaintyMeter(ReasoningTask task, TestTimeImprovementSettings settings, ModelMeans means, AnswerCalls calls)
{
    /// <summary>Gets the answer that measuring brought along; null where it made no call.</summary>
    public Candidate? Draft { get; private set; }

    /// <summary>Measures.</summary>
    /// <param name="step">Step of the trace.</param>
    /// <param name="cancellationToken">Passed to the model.</param>
    /// <returns>Null where the budget does not pay for it.</returns>
    public async ValueTask<UncertaintyEstimate?> MeasureAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        UncertaintyEstimate? estimate = means switch
        {
            { Estimator: UncertaintyEstimator.Rss, Actions: { } actions } => await ActionsAsync(actions, cancellationToken).ConfigureAwait(false),
            { Estimator: UncertaintyEstimator.Perplexity } => await PerplexityAsync(step, cancellationToken).ConfigureAwait(false),
            _ => await SamplesAsync(step, cancellationToken).ConfigureAwait(false),
        };
        if (estimate is not null)
        {
            step.Note(step.NodeId, "margin", estimate.Margin.ToString("F4", CultureInfo.InvariantCulture));
            step.Note(step.NodeId, "candidates", Shares(estimate));
        }

        return estimate;
    }

    private static string Shares(UncertaintyEstimate estimate)
    {
        var text = new DefaultInterpolatedStringHandler(0, 3 * estimate.Candidates.Count, CultureInfo.InvariantCulture);
        for (int i = 0; i < Math.Min(estimate.Candidates.Count, estimate.Probabilities.Count); i++)
        {
            text.AppendLiteral(i == 0 ? "" : " ");
            text.AppendFormatted(estimate.Candidates[i]);
            text.AppendLiteral(":");
            text.AppendFormatted(estimate.Probabilities[i], "F3");
        }

        return text.ToStringAndClear();
    }

    private async ValueTask<UncertaintyEstimate?> ActionsAsync(CandidateActions actions, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> prompt = means.Encoder!.EncodePrompt(task.Messages, task.Options);
        double[] scores = await actions.ScoreAsync(means.Model!, prompt, means.Adapters, settings.LengthNormalise, cancellationToken).ConfigureAwait(false);
        return UncertaintyEstimate.Over(UncertaintyEstimator.Rss, actions.Names, RelativeSoftmax.Probabilities(scores));
    }

    private async ValueTask<UncertaintyEstimate?> PerplexityAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        Draft = (await calls.SampleAsync(step, task.Messages, [], 1, calls.Temperature, cancellationToken).ConfigureAwait(false))[0];
        return Draft.Response.Generation() is { PlainLogProbabilities: { Count: > 0 } values }
            ? new UncertaintyEstimate(UncertaintyEstimator.Perplexity, AnswerPerplexity.Margin(values), [], [])
            : throw new TestTimeImprovementException("The model gave no log-probabilities of its answer, from which the estimator 'perplexity' is computed. Use 'disagreement'.");
    }

    private async ValueTask<UncertaintyEstimate?> SamplesAsync(IReasoningStep step, CancellationToken cancellationToken)
    {
        int count = Math.Min(calls.Samples, step.Budget.RemainingCalls);
        if (count < Math.Min(2, calls.Samples))
        {
            // One sample cannot disagree; the last call is better spent on the answer itself.
            return null;
        }

        IReadOnlyList<Candidate> samples = await calls.SampleAsync(step, task.Messages, [], count, calls.SampleTemperature, cancellationToken).ConfigureAwait(false);
        Draft = Vote.Of(samples).Winner ?? samples[0];
        IReadOnlyList<IReadOnlyList<Candidate>> groups = SampleDisagreement.Groups(samples, step.Answers);
        double[] shares = SampleDisagreement.Shares(groups);
        if (means.Estimator == UncertaintyEstimator.Rss)
        {
            shares = RelativeSoftmax.Probabilities(SampleDisagreement.LogProbabilities(groups, settings.LengthNormalise)
                ?? throw new TestTimeImprovementException("The model gave no log-probabilities of its answers, from which the estimator 'rss' is computed. Use 'disagreement'."));
        }

        // Without a single answer the shares say nothing: as unsure as can be.
        string[] names = [.. groups.Select(group => group[0].Answer ?? "(none)")];
        return samples.All(sample => sample.Answer is null)
            ? new UncertaintyEstimate(means.Estimator, 0, names, shares)
            : UncertaintyEstimate.Over(means.Estimator, names, shares);
    }
}
