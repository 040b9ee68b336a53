using System.Runtime.CompilerServices;
using Agents.Reasoning;
using Agents.Strategies;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>One call with the conversation as it is: the baseline of all baselines. Temperature 0 unless the request asks otherwise.</summary>
public sealed class DirectStrategy : IReasoningStrategy
{
    private const string Id = "direct";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        StrategySettings.RequireNone(context.Options, Id);
        double temperature = context.Options.Temperature ?? task.Options?.Temperature ?? 0;
        ChatOptions options = CandidateSampler.CallOptions(task, context, temperature);
        ChatResponse? response = null;
        await foreach (ReasoningUpdate update in FinalCall.StreamAsync(context.Model(), task.Messages, options, value => response = value, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }

        Candidate answer = CandidateSampler.Read(context, response!, 0);
        yield return new AnswerUpdate(new ReasoningAnswer(answer.Message) { FinalAnswer = answer.FinalAnswer });
    }
}
