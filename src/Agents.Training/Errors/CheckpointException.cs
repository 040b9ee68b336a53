namespace Agents.Training.Errors;

/// <summary>A checkpoint is damaged, belongs to another model or recipe, or cannot be written.</summary>
public sealed class CheckpointException : TrainingException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public CheckpointException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
