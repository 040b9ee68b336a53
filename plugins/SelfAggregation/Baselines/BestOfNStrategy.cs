using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Agents.Strategies.Composition;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>
/// Best of n: sample, rate every candidate, return the best (the earliest among equals). The host's verifier rates when there is one, else the model in the
/// role <c>verifier</c>. A candidate that could not be judged ranks below every judged one; where none could, the vote decides.
/// </summary>
public sealed partial class BestOfNStrategy : IReasoningStrategy
{
    private const string Id = "best-of-n";
    private const string Prompt = "self-aggregation/verify";
    private const int DefaultSamples = 3;
    private const double DefaultTemperature = 0.8;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        BestOfNSettings settings = StrategySettings.Read(context.Options, Id, new BestOfNSettings(), SettingsJson.Default.BestOfNSettings, BestOfNSettings.Descriptions);
        new SettingRules(Id)
            .Require(settings.Votes is >= 1 and <= 64, $"votes is {settings.Votes}, it must lie in 1 … 64")
            .Require(settings.CandidatesFrom?.Strategy is not "", "candidatesFrom is empty, name a strategy or leave it out")
            .Require(StrategySettings.IsTemperature(settings.VerifyTemperature), $"verifyTemperature is {settings.VerifyTemperature}, it must be at least 0")
            .ThrowIfBroken();

        // A candidate that cannot be judged is a wasted call: as many as the budget can also judge.
        int callsEach = context.Verifier is null ? 1 + settings.Votes : 1;
        int samples = Math.Min(context.Options.Samples ?? DefaultSamples, Math.Max(1, context.Budget.RemainingCalls / callsEach));
        IReadOnlyList<Candidate> candidates;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            double temperature = context.Options.Temperature ?? DefaultTemperature;
            candidates = settings.CandidatesFrom is { } source
                ? await NestedCandidates.SampleAsync(task, step, source, samples, reserve: context.Verifier is null ? settings.Votes : 0, cancellationToken).ConfigureAwait(false)
                : await CandidateSampler.SampleAsync(task, step, samples, reserve: 0, temperature, 0, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} candidates");
        }

        Vote vote = Vote.Of(candidates);
        yield return new DraftUpdate(Answers.Of(vote, candidates));
        using (IReasoningStep step = context.BeginStep("verify"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            Candidate? best = null;
            double? bestScore = null;
            foreach (Candidate candidate in candidates)
            {
                if (SoftLimit.Reached(context.Budget) || (context.Verifier is null && context.Budget.RemainingCalls < 1))
                {
                    break;
                }

                if (candidate.Text.Length == 0)
                {
                    continue;
                }

                double? score = context.Verifier is { } verifier
                    ? await JudgeAsync(verifier, task, candidate, cancellationToken).ConfigureAwait(false)
                    : await AskAsync(task, step, candidate, settings, cancellationToken).ConfigureAwait(false);
                if (score is { } value && candidate.Response.TraceNodeId() is { } node)
                {
                    context.SetValue(node, value);
                }

                if (score is not null && !(score <= bestScore))
                {
                    (best, bestScore) = (candidate, score);
                }
            }

            yield return new StepFinishedUpdate(
                step.NodeId, best is null ? "no candidate could be judged" : string.Create(CultureInfo.InvariantCulture, $"candidate {best.Index + 1} with score {bestScore:0.##}"));
            yield return new AnswerUpdate(Answers.Of(vote, candidates, best).With(("score", bestScore)));
        }
    }

    /// <summary>Reads a verdict; the last one counts.</summary>
    /// <param name="reply">The model's reply.</param>
    /// <returns>Whether the answer was called right; null without a verdict.</returns>
    internal static bool? Verdict(string reply)
    {
        MatchCollection verdicts = VerdictLine().Matches(reply);
        return verdicts.Count == 0 ? null : verdicts[^1].Groups[1].Value.ToUpperInvariant() is "RIGHT" or "CORRECT";
    }

    private static async Task<double?> JudgeAsync(IVerifier verifier, ReasoningTask task, Candidate candidate, CancellationToken cancellationToken)
    {
        Verdict verdict = await verifier.JudgeAsync(new VerificationRequest(task.Question, candidate.Response.Text, task.Id), cancellationToken).ConfigureAwait(false);
        return verdict.Invalid ? 0 : verdict.Score;
    }

    private static async Task<double?> AskAsync(
        ReasoningTask task, IReasoningContext step, Candidate candidate, BestOfNSettings settings, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object?> { ["question"] = task.Question, ["solution"] = candidate.Text };
        IReadOnlyList<ChatMessage> messages = Conversation.Ask(task, step.Prompt(Prompt, variables, ModelRoles.Verifier));
        double temperature = settings.VerifyTemperature ?? (settings.Votes > 1 ? DefaultTemperature : 0);
        ChatOptions options = new() { Temperature = (float)temperature, MaxOutputTokens = step.Options.MaxTokens };
        int votes = Math.Max(1, Math.Min(settings.Votes, step.Budget.RemainingCalls));
        IReadOnlyList<ChatResponse> replies = await CandidateSampler.Group(step, ModelRoles.Verifier).SampleAsync(messages, votes, options, cancellationToken).ConfigureAwait(false);
        bool[] verdicts = [.. replies.Select(reply => Verdict(VisibleText.Of(reply.Text))).Where(verdict => verdict is not null).Select(verdict => verdict!.Value)];
        return verdicts.Length == 0 ? null : verdicts.Average(verdict => verdict ? 1.0 : 0.0);
    }

    [GeneratedRegex(@"verdict\W{0,4}(right|wrong|correct|incorrect)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VerdictLine();
}
