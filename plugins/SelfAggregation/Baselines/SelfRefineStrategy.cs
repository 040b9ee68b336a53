using System.Runtime.CompilerServices;
using Agents.Plugins.SelfAggregation.Candidates;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Self-refine: answer, let the model criticize its answer, revise with the criticism in view; the last revision is the answer.</summary>
public sealed class SelfRefineStrategy : IReasoningStrategy
{
    private const string Id = "self-refine";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        SelfRefineSettings settings = StrategySettings.Read(context.Options, Id, SettingsJson.Default.SelfRefineSettings, SelfRefineSettings.Descriptions);
        StrategySettings.Require(settings.Rounds is >= 1 and <= 16, Id, $"rounds is {settings.Rounds}, it must lie in 1 … 16");
        double temperature = context.Options.Temperature ?? 0;
        List<Candidate> versions = [];
        using (IReasoningStep step = context.BeginStep("answer"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            ChatResponse response = await step.Model().GetResponseAsync(task.Messages, CandidateSampler.CallOptions(task, step, temperature), cancellationToken).ConfigureAwait(false);
            versions.Add(CandidateSampler.Read(step, response, 0));
            yield return new StepFinishedUpdate(step.NodeId);
        }

        yield return new DraftUpdate(Answer(context, versions));
        for (int round = 1; round <= settings.Rounds && context.Budget.RemainingCalls >= 2 && !context.Budget.SoftLimitReached; round++)
        {
            using IReasoningStep step = context.BeginStep($"refine {round}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            var variables = new Dictionary<string, object?> { ["question"] = task.Question, ["solution"] = CandidateList.Visible(versions[^1].Text) };
            ChatOptions options = new() { Temperature = (float)temperature, MaxOutputTokens = context.Options.MaxTokens };
            ChatResponse feedback = await step.Model(ModelRoles.Verifier)
                .GetResponseAsync(step.Prompt("self-aggregation/feedback", variables, ModelRoles.Verifier), options, cancellationToken).ConfigureAwait(false);
            if (settings.StopWhenRight && BestOfNStrategy.Verdict(feedback.Text) == true)
            {
                yield return new StepFinishedUpdate(step.NodeId, "called right");
                break;
            }

            variables["feedback"] = CandidateList.Visible(feedback.Text);
            ChatResponse revised = await step.Model(ModelRoles.Refiner).GetResponseAsync(
                [.. task.Messages.Take(task.Messages.Count - 1), .. step.Prompt("self-aggregation/revise", variables, ModelRoles.Refiner)],
                CandidateSampler.CallOptions(task, step, temperature),
                cancellationToken).ConfigureAwait(false);
            versions.Add(CandidateSampler.Read(step, revised, versions.Count));
            yield return new StepFinishedUpdate(step.NodeId, "revised");
            yield return new DraftUpdate(Answer(context, versions));
        }

        yield return new AnswerUpdate(Answer(context, versions));
    }

    private static ReasoningAnswer Answer(IReasoningContext context, List<Candidate> versions) => new(versions[^1].Response.Messages[^1])
    {
        FinalAnswer = context.Answers.Extract(versions[^1].Text),
        Details = new Dictionary<string, object?>
        {
            ["revisions"] = versions.Count - 1,
            ["changed"] = !context.Answers.Equivalent(versions[0].Answer, versions[^1].Answer),
        },
    };
}
