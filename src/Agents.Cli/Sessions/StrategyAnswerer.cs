using Agents.Budgets;
using Agents.Evaluation.Harness;
using Agents.Evaluation.Tasks;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Cli.Sessions;

/// <summary>Answers evaluation questions with a strategy. The strategy never sees the right answer.</summary>
/// <param name="engine">The engine.</param>
/// <param name="strategy">Id of the strategy.</param>
/// <param name="request">Options, budget and models; the seed comes from the harness.</param>
/// <param name="system">System message; null for none.</param>
internal sealed class StrategyAnswerer(ReasoningEngine engine, string strategy, ReasoningRequest request, string? system) : IAnswerer
{
    /// <inheritdoc/>
    public async ValueTask<EvaluationAnswer> AnswerAsync(TaskItem item, SampleStream stream, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = string.IsNullOrEmpty(system) ? [] : [new ChatMessage(ChatRole.System, system)];
        messages.Add(new ChatMessage(ChatRole.User, item.Question));
        ReasoningRequest own = request with { Options = request.Options with { Seed = stream.NextBits() }, Provenance = ItemJudge.ProvenanceOf(item) };
        ReasoningResult result = await engine.SolveAsync(strategy, new ReasoningTask(messages) { Id = item.Id }, own, cancellationToken).ConfigureAwait(false);
        BudgetUsage usage = result.Usage;

        // A request that a limit ended without any answer is an invalid answer, not a failed evaluation.
        return new EvaluationAnswer(result.Answer?.Text ?? "", usage);
    }
}
