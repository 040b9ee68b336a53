namespace Agents.Evaluation.Tasks;

/// <summary>A family that understands its questions as text, so that problems which a model wrote can be solved and sorted into a split.</summary>
public interface IQuestionReader
{
    /// <summary>Reads a question.</summary>
    /// <param name="question">Its complete text, from anywhere.</param>
    /// <returns>The problem, solved; null where the text is none that this family could have drawn.</returns>
    ReadQuestion? Read(string question);
}
