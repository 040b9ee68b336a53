using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Plugins.TestTimeImprovement.Improvement;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement;

/// <summary>
/// Test-time self-improvement (arXiv 2510.07841; papers/61). H measures how sure the model is; where it is not, G writes a few similar questions with answers, T takes some steps of
/// a temporary adapter on them, and the answer is given under it. Whatever fails on the way, the answer is that of the unadapted model; the adapter never outlives the request.
/// </summary>
public sealed class TestTimeImprovementStrategy : IReasoningStrategy
{
    /// <summary>Id of the strategy.</summary>
    public const string Id = "test-time-improvement";

    private readonly AdaptationRate _rate = new();
    private readonly MarginWindow _margins = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        TestTimeImprovementSettings settings = TestTimeImprovementSettings.Read(context.Options);
        var run = new ImprovementRun(task, context, settings, ModelMeans.Of(task, context, settings), cancellationToken);
        await using (run.ConfigureAwait(false))
        {
            using (IReasoningStep step = context.BeginStep("uncertainty"))
            {
                yield return new StepStartedUpdate(step.NodeId, step.Name);
                await run.MeasureAsync(step).ConfigureAwait(false);
                yield return new StepFinishedUpdate(step.NodeId, run.Report.Estimate is { } estimate ? string.Create(CultureInfo.InvariantCulture, $"margin {estimate.Margin:F3}") : "not measured");
            }

            if (run.Draft is { } draft)
            {
                yield return new DraftUpdate(run.Report.On(draft));
            }

            Candidate? answer = null;
            if (run.Selects(_margins, _rate))
            {
                using (IReasoningStep step = context.BeginStep("self-augmentation"))
                {
                    yield return new StepStartedUpdate(step.NodeId, step.Name);
                    await run.SynthesizeAsync(step).ConfigureAwait(false);
                    yield return new StepFinishedUpdate(step.NodeId, string.Create(CultureInfo.InvariantCulture, $"{run.Report.Pairs.Count} pairs"));
                }

                if (run.Report.Pairs.Count > 0)
                {
                    using IReasoningStep step = context.BeginStep("self-improvement");
                    yield return new StepStartedUpdate(step.NodeId, step.Name);
                    answer = await run.ImproveAsync(step).ConfigureAwait(false);
                    yield return new StepFinishedUpdate(step.NodeId, answer is null ? "the plain answer follows" : "answered");
                }
            }

            answer ??= run.Draft;
            if (answer is null)
            {
                using IReasoningStep step = context.BeginStep("answer");
                yield return new StepStartedUpdate(step.NodeId, step.Name);
                long start = run.Report.Start();
                if (settings.Decoding == AnswerDecoding.Direct)
                {
                    ChatOptions options = CandidateSampler.CallOptions(task, step, run.Calls.Temperature);
                    ChatResponse? response = null;
                    await foreach (ReasoningUpdate token in FinalCall.StreamAsync(step.Model(), task.Messages, options, whole => response = whole, cancellationToken).ConfigureAwait(false))
                    {
                        yield return token;
                    }

                    answer = CandidateSampler.Read(step, response!, 0);
                }
                else
                {
                    answer = await run.Calls.AnswerAsync(step, task.Messages, [], cancellationToken).ConfigureAwait(false);
                }

                run.Report.End(ImprovementStage.Answer, start);
                yield return new StepFinishedUpdate(step.NodeId, "the plain answer");
            }

            yield return new AnswerUpdate(run.Report.On(answer ?? throw new TestTimeImprovementException("Every answer was empty, also those of the plain model. Raise the token limit.")));
        }
    }
}
