using Agents.Reasoning;

namespace Agents.Testing;

/// <summary>A strategy made of a function, for tests of what surrounds strategies.</summary>
/// <param name="solve">The strategy.</param>
public sealed class DelegateStrategy(Func<ReasoningTask, IReasoningContext, CancellationToken, IAsyncEnumerable<ReasoningUpdate>> solve) : IReasoningStrategy
{
    /// <inheritdoc/>
    public IAsyncEnumerable<ReasoningUpdate> SolveAsync(ReasoningTask task, IReasoningContext context, CancellationToken cancellationToken = default) =>
        solve(task, context, cancellationToken);
}
