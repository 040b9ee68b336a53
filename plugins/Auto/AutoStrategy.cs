using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Models;
using Agents.Plugins.Auto.Certainty;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Plugins.Auto;

/// <summary>
/// Spends by measured agreement: the first answer stands where the model is certain of it (the margin of its tokens, or a second sample that agrees). Otherwise a ladder of
/// strategies is climbed, from cheap to strong, until enough of a rung's candidates agree; the last rung's answer stands whatever its agreement.
/// </summary>
public sealed class AutoStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "auto";

    // Two candidates are the fewest that can disagree.
    private const int FewestCalls = 2;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        AutoSettings settings = AutoSettings.Read(context.Options);
        var decisions = new List<string>();
        Candidate first;
        double? margin;
        double? certainty;
        using (IReasoningStep step = context.BeginStep("direct"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (first, margin) = await AnswerAsync(task, step, settings, cancellationToken).ConfigureAwait(false);
            yield return new DraftUpdate(Of(first));
            certainty = margin ?? (context.Budget.RemainingCalls > 0 && !SoftLimit.Reached(context.Budget)
                ? await SecondAsync(task, step, first, settings, cancellationToken).ConfigureAwait(false)
                : null);
            decisions.Add(Describe("direct", margin is null ? "agreement" : "margin", certainty, margin is null ? 1 : settings.Margin));
            step.Note(step.NodeId, "decision", decisions[^1]);
            yield return new StepFinishedUpdate(step.NodeId, decisions[^1]);
        }

        string source = margin is null ? "agreement" : "margin";
        ReasoningAnswer answer = Of(first);
        int rung = 0;
        double? agreement = margin is null ? certainty : null;
        bool stands = certainty >= (margin is null ? 1 : settings.Margin);
        for (int next = 1; !stands && next <= settings.Rungs.Count && context.Budget.RemainingCalls >= FewestCalls && !SoftLimit.Reached(context.Budget); next++)
        {
            NestedStrategy strategy = settings.Rungs[next - 1];
            using IReasoningStep step = context.BeginStep(string.Create(CultureInfo.InvariantCulture, $"rung {next}"));
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            ReasoningAnswer? climbed = await ClimbAsync(task, step, strategy, next == settings.Rungs.Count, cancellationToken).ConfigureAwait(false);
            if (climbed is not null)
            {
                (answer, rung, agreement) = (climbed, next, AgreementOf(climbed));
                stands = agreement >= settings.Agreement;
            }

            decisions.Add(climbed is null ? $"{strategy.Strategy} failed" : Describe(strategy.Strategy, "agreement", agreement, settings.Agreement));
            step.Note(step.NodeId, "decision", decisions[^1]);
            yield return new StepFinishedUpdate(step.NodeId, decisions[^1]);
            yield return new DraftUpdate(answer);
        }

        yield return new AnswerUpdate(answer.With(
            ("rung", rung),
            ("rungStrategy", rung == 0 ? "direct" : settings.Rungs[rung - 1].Strategy),
            ("certainty", certainty),
            ("certaintySource", certainty is null ? null : source),
            ("agreement", agreement),
            ("decision", string.Join("; ", decisions))));
    }

    private static async Task<(Candidate Answer, double? Margin)> AnswerAsync(ReasoningTask task, IReasoningStep step, AutoSettings settings, CancellationToken cancellationToken)
    {
        ChatOptions options = CandidateSampler.CallOptions(task, step, step.Options.Temperature ?? task.Options?.Temperature ?? 0);
        if (settings.UseLogProbabilities)
        {
            options.AdditionalProperties = options.AdditionalProperties is null ? [] : new AdditionalPropertiesDictionary(options.AdditionalProperties);
            options.AdditionalProperties[ChatOptionKeys.TopLogProbabilities] = 2;
        }

        IChatClient model = step.Model();
        ChatResponse response = await model.GetResponseAsync(task.Messages, options, cancellationToken).ConfigureAwait(false);
        Candidate answer = CandidateSampler.Read(step, response, 0);

        // An answer that could not be found in the text has no tokens to be certain of.
        double? margin = settings.UseLogProbabilities && answer.FinalAnswer is not null
            ? AnswerMargin.Of(response, answer.FinalAnswer, model.GetService<ILanguageModel>()?.Tokenizer)
            : null;
        return (answer, margin);
    }

    // 1 where the two agree, a half where they do not: the share of the more frequent answer.
    private static async Task<double?> SecondAsync(ReasoningTask task, IReasoningStep step, Candidate first, AutoSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            ChatResponse response = await step.Model().GetResponseAsync(task.Messages, CandidateSampler.CallOptions(task, step, settings.SecondTemperature), cancellationToken).ConfigureAwait(false);
            return Vote.Of([first, CandidateSampler.Read(step, response, 1)]).Agreement;
        }
        catch (Exception error) when (error is not (OperationCanceledException or BudgetExceededException))
        {
            step.Logger.LogWarning(error, "The second sample failed; the first answer counts as uncertain.");
            return null;
        }
    }

    // A rung below the last gets half of what is left at most; one that fails leaves the answer before it.
    private static async Task<ReasoningAnswer?> ClimbAsync(ReasoningTask task, IReasoningStep step, NestedStrategy strategy, bool last, CancellationToken cancellationToken)
    {
        Budget limits = last ? new Budget { SoftShare = step.Budget.Limits.SoftShare } : step.Budget.Share(0.5) with { Duration = null };
        int before = step.Budget.Used.Calls;
        try
        {
            return await step.SolveAsync(strategy.Strategy, task, strategy.Options(step.Options), limits, cancellationToken).ConfigureAwait(false);
        }
        catch (BudgetExceededException) when (!last)
        {
            return null;
        }
        catch (AgentsException error) when (error is not BudgetExceededException && step.Budget.Used.Calls > before)
        {
            step.Logger.LogWarning(error, "The rung '{Strategy}' failed.", strategy.Strategy);
            return null;
        }
    }

    // One candidate agrees with itself, which says nothing.
    private static double? AgreementOf(ReasoningAnswer answer) =>
        answer.Details.TryGetValue("agreement", out object? value) && value is double agreement
        && !(answer.Details.TryGetValue("candidates", out object? count) && count is < FewestCalls) ? agreement : null;

    private static ReasoningAnswer Of(Candidate candidate) => new(candidate.Message) { FinalAnswer = candidate.FinalAnswer };

    private static string Describe(string name, string measure, double? value, double threshold) => value is null
        ? $"{name}: {measure} unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{name}: {measure} {value:0.###} {(value >= threshold ? "≥" : "<")} {threshold:0.###}");
}
