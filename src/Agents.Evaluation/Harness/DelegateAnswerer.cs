using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Harness;

/// <summary>Makes an answerer of a function.</summary>
/// <param name="answer">The function.</param>
public sealed class DelegateAnswerer(Func<TaskItem, SampleStream, CancellationToken, ValueTask<EvaluationAnswer>> answer) : IAnswerer
{
    /// <inheritdoc/>
    public ValueTask<EvaluationAnswer> AnswerAsync(TaskItem item, SampleStream stream, CancellationToken cancellationToken) =>
        answer(item, stream, cancellationToken);
}
