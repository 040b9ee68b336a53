using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Agents.Plugins.SelfAggregation.Candidates;
using Agents.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>
/// Best of n: sample, rate every candidate, return the best (the earliest among equals). The host's verifier rates when there is one, else the model in the
/// role <c>verifier</c>. A candidate that could not be judged ranks below every judged one.
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
        BestOfNSettings settings = StrategySettings.Read(context.Options, Id, SettingsJson.Default.BestOfNSettings, BestOfNSettings.Descriptions);
        StrategySettings.Require(settings.Votes is >= 1 and <= 64, Id, $"votes is {settings.Votes}, it must lie in 1 … 64");
        StrategySettings.Require(settings.VerifyTemperature is null or >= 0, Id, $"verifyTemperature is {settings.VerifyTemperature}, it must be at least 0");
        int samples = context.Options.Samples ?? DefaultSamples;
        IReadOnlyList<Candidate> candidates;
        using (IReasoningStep step = context.BeginStep("candidates"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            int reserve = context.Verifier is null ? samples * settings.Votes : 0;
            candidates = await CandidateSampler.SampleAsync(task, step, samples, reserve, context.Options.Temperature ?? DefaultTemperature, cancellationToken).ConfigureAwait(false);
            yield return new StepFinishedUpdate(step.NodeId, $"{candidates.Count} candidates");
        }

        Vote vote = Vote.Of(candidates);
        yield return new DraftUpdate(Answers.Of(context, vote.Winner ?? candidates[0], vote, candidates));
        using (IReasoningStep step = context.BeginStep("verify"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            Candidate best = candidates[0];
            double bestScore = double.NegativeInfinity;
            foreach (Candidate candidate in candidates)
            {
                if (context.Verifier is null && context.Budget.RemainingCalls < 1)
                {
                    break;
                }

                double? score = context.Verifier is { } verifier
                    ? (await verifier.JudgeAsync(new VerificationRequest(task.Question, candidate.Text, task.Id), cancellationToken).ConfigureAwait(false)).Score
                    : await AskAsync(task, step, candidate, settings, cancellationToken).ConfigureAwait(false);
                if (score is { } value && candidate.Response.TraceNodeId() is { } node)
                {
                    context.SetValue(node, value);
                }

                if ((score ?? -1) > bestScore)
                {
                    (best, bestScore) = (candidate, score ?? -1);
                }
            }

            yield return new StepFinishedUpdate(step.NodeId, string.Create(CultureInfo.InvariantCulture, $"candidate {best.Index + 1} with score {bestScore:0.##}"));
            ReasoningAnswer answer = Answers.Of(context, best, vote, candidates);
            yield return new AnswerUpdate(answer with { Details = new Dictionary<string, object?>(answer.Details) { ["score"] = bestScore < 0 ? null : bestScore } });
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

    private static async Task<double?> AskAsync(
        ReasoningTask task, IReasoningContext step, Candidate candidate, BestOfNSettings settings, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object?> { ["question"] = task.Question, ["solution"] = CandidateList.Visible(candidate.Text) };
        IReadOnlyList<ChatMessage> messages = step.Prompt(Prompt, variables, ModelRoles.Verifier);
        double temperature = settings.VerifyTemperature ?? (settings.Votes > 1 ? DefaultTemperature : 0);
        ChatOptions options = new() { Temperature = (float)temperature, MaxOutputTokens = step.Options.MaxTokens };
        IGroupSampler group = step.Model(ModelRoles.Verifier).GetService<IGroupSampler>()!;
        int votes = Math.Max(1, Math.Min(settings.Votes, step.Budget.RemainingCalls));
        IReadOnlyList<ChatResponse> replies = await group.SampleAsync(messages, votes, options, cancellationToken).ConfigureAwait(false);
        bool[] verdicts = [.. replies.Select(reply => Verdict(reply.Text)).Where(verdict => verdict is not null).Select(verdict => verdict!.Value)];
        return verdicts.Length == 0 ? null : verdicts.Average(verdict => verdict ? 1.0 : 0.0);
    }

    [GeneratedRegex(@"verdict\W{0,4}(right|wrong|correct|incorrect)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VerdictLine();
}
