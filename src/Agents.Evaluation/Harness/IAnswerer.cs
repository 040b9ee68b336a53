using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Harness;

/// <summary>What is evaluated: anything that answers a question. Safe for concurrent calls.</summary>
public interface IAnswerer
{
    /// <summary>Answers one question. It must look at nothing of the item that a solver would not see.</summary>
    /// <param name="item">The question.</param>
    /// <param name="stream">The only source of randomness; a function of seed, item index and sample.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    ValueTask<EvaluationAnswer> AnswerAsync(TaskItem item, SampleStream stream, CancellationToken cancellationToken);
}
