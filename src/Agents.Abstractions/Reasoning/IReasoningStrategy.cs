namespace Agents.Reasoning;

/// <summary>
/// A way to answer: which model calls to make and how to combine them. Instances serve many requests at once, so state lives in locals.
/// Control never comes from message text.
/// </summary>
public interface IReasoningStrategy
{
    /// <summary>Answers a task.</summary>
    /// <param name="task">The conversation to answer, tool definitions and images included.</param>
    /// <param name="context">Models by role, prompts, budget, randomness, trace.</param>
    /// <param name="cancellationToken">Pass it to every call.</param>
    /// <returns>Progress, then exactly one <see cref="AnswerUpdate"/> at the end. Earlier <see cref="DraftUpdate"/>s are the best answer so far if the budget ends the request.</returns>
    IAsyncEnumerable<ReasoningUpdate> SolveAsync(ReasoningTask task, IReasoningContext context, CancellationToken cancellationToken = default);
}
