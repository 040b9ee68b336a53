using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
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
        SelfRefineSettings settings = StrategySettings.Read(context.Options, Id, new SelfRefineSettings(), SettingsJson.Default.SelfRefineSettings, SelfRefineSettings.Descriptions);
        new SettingRules(Id)
            .Require(settings.Rounds is >= 1 and <= 16, $"rounds is {settings.Rounds}, it must lie in 1 … 16")
            .ThrowIfBroken();
        double temperature = context.Options.Temperature ?? 0;
        List<Candidate> versions = [];
        using (IReasoningStep step = context.BeginStep("answer"))
        {
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            ChatResponse response = await step.Model().GetResponseAsync(task.Messages, CandidateSampler.CallOptions(task, step, temperature), cancellationToken).ConfigureAwait(false);
            versions.Add(CandidateSampler.Read(step, response, 0));
            yield return new StepFinishedUpdate(step.NodeId);
        }

        yield return new DraftUpdate(Answer(versions));

        // A tool call has no text to criticize.
        for (int round = 1; round <= settings.Rounds && versions[^1].Text.Length > 0 && context.Budget.RemainingCalls >= 2 && !SoftLimit.Reached(context.Budget); round++)
        {
            using IReasoningStep step = context.BeginStep($"refine {round}");
            yield return new StepStartedUpdate(step.NodeId, step.Name);
            var variables = new Dictionary<string, object?> { ["question"] = task.Question, ["solution"] = versions[^1].Text };
            ChatOptions options = new() { Temperature = (float)temperature, MaxOutputTokens = context.Options.MaxTokens };
            ChatResponse feedback = await step.Model(ModelRoles.Verifier)
                .GetResponseAsync(Conversation.Ask(task, step.Prompt("self-aggregation/feedback", variables, ModelRoles.Verifier)), options, cancellationToken).ConfigureAwait(false);
            string criticism = VisibleText.Of(feedback.Text);
            if (settings.StopWhenRight && BestOfNStrategy.Verdict(criticism) == true)
            {
                yield return new StepFinishedUpdate(step.NodeId, "called right");
                break;
            }

            variables["feedback"] = criticism;
            IReadOnlyList<ChatMessage> ask = Conversation.Ask(task, step.Prompt("self-aggregation/revise", variables, ModelRoles.Refiner));
            if (!SoftLimit.Pays(step.Budget, ask, versions[^1].Text))
            {
                yield return new StepFinishedUpdate(step.NodeId, "too few tokens left");
                break;
            }

            ChatResponse? revised = null;
            await foreach (ReasoningUpdate update in FinalCall.StreamAsync(
                step.Model(ModelRoles.Refiner), ask, CandidateSampler.CallOptions(task, step, temperature), value => revised = value, cancellationToken).ConfigureAwait(false))
            {
                // Only the last revision is the answer; an earlier one may still be revised.
                if (round == settings.Rounds)
                {
                    yield return update;
                }
            }

            versions.Add(CandidateSampler.Read(step, revised!, versions.Count));
            yield return new StepFinishedUpdate(step.NodeId, "revised");
            yield return new DraftUpdate(Answer(versions));
        }

        yield return new AnswerUpdate(Answer(versions));
    }

    private static ReasoningAnswer Answer(List<Candidate> versions) => new(versions[^1].Message)
    {
        FinalAnswer = versions[^1].FinalAnswer,
        Details = new Dictionary<string, object?>
        {
            ["revisions"] = versions.Count - 1,
            ["changed"] = versions[0].Answer != versions[^1].Answer,
        },
    };
}
