using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>
/// Universal self-consistency: the model sees all candidates and returns the index of the most consistent one; the answer is that candidate, unchanged.
/// Works for open-ended output. A reply without a usable index falls back to the first candidate and is counted in the details.
/// </summary>
public sealed partial class UniversalSelfConsistencyStrategy : IReasoningStrategy
{
    private const string Id = "universal-self-consistency";
    private const string Prompt = "self-aggregation/choose";
    private const int DefaultSamples = 3;
    private const double DefaultTemperature = 0.8;
    private const int DefaultReserve = 64;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        ChoosingSettings settings = StrategySettings.Read(context.Options, Id, new ChoosingSettings(), SettingsJson.Default.ChoosingSettings, ChoosingSettings.Descriptions);
        new SettingRules(Id)
            .Require(settings.MaxCandidateTokens is null or >= 16, $"maxCandidateTokens is {settings.MaxCandidateTokens}, it must be at least 16")
            .Require(settings.CandidatesFrom?.Strategy is not "", "candidatesFrom is empty, name a strategy or leave it out")
            .ThrowIfBroken();
        int samples = context.Options.Samples ?? DefaultSamples;
        IReadOnlyList<Candidate> candidates;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            double temperature = context.Options.Temperature ?? DefaultTemperature;
            candidates = settings.CandidatesFrom is { } source
                ? await NestedCandidates.SampleAsync(task, step, source, samples, reserve: 1, cancellationToken).ConfigureAwait(false)
                : await CandidateSampler.SampleAsync(task, step, samples, reserve: 1, temperature, 0, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} candidates");
        }

        Vote vote = Vote.Of(candidates);
        ReasoningAnswer draft = Answers.Of(vote, candidates);
        yield return new DraftUpdate(draft);
        if (candidates.Count < 2 || context.Budget.RemainingCalls < 1 || SoftLimit.Reached(context.Budget))
        {
            yield return new AnswerUpdate(draft);
            yield break;
        }

        using (IReasoningStep step = context.BeginStep("choose"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            (IReadOnlyList<ChatMessage> messages, Candidate[] shown) = CandidateList.Render(
                step, Prompt, ModelRoles.Selector, task, candidates, settings.MaxCandidateTokens, context.Options.MaxTokens ?? DefaultReserve);
            if (shown.Length == 0 || !SoftLimit.Pays(step.Budget, messages, "choice: 1"))
            {
                yield return new StepFinishedUpdate(step.NodeId, shown.Length == 0 ? "nothing to choose from" : "too few tokens left");
                yield return new AnswerUpdate(draft);
                yield break;
            }

            ChatOptions options = new() { Temperature = 0, MaxOutputTokens = context.Options.MaxTokens };
            ChatResponse reply = await step.Model(ModelRoles.Selector).GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            int? choice = Choice(VisibleText.Of(reply.Text), shown.Length);
            if (reply.TraceNodeId() is { } node)
            {
                context.Note(node, "choice", choice?.ToString(CultureInfo.InvariantCulture) ?? "none");
            }

            yield return new StepFinishedUpdate(step.NodeId, choice is null ? "no usable choice" : $"candidate {choice}");
            yield return new AnswerUpdate(Answers.Of(vote, candidates, shown[(choice ?? 1) - 1]).With(("choice", choice), ("parsed", choice is not null)));
        }
    }

    /// <summary>Reads the chosen number: the one after "choice:" when there is one, else the last number in the reply.</summary>
    /// <param name="reply">The model's reply.</param>
    /// <param name="shown">How many candidates it saw.</param>
    /// <returns>A number from 1 to <paramref name="shown"/>, or null.</returns>
    internal static int? Choice(string reply, int shown)
    {
        MatchCollection named = NamedChoice().Matches(reply);
        Match? match = named.Count > 0 ? named[^1] : AnyNumber().Matches(reply).LastOrDefault();
        return match is not null && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= shown
            ? number
            : null;
    }

    [GeneratedRegex(@"choice\W{0,4}(\d{1,6})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedChoice();

    [GeneratedRegex(@"(\d{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex AnyNumber();
}
