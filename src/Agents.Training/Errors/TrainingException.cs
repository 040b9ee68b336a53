namespace Agents.Training.Errors;

/// <summary>Base of every error that training raises: data that does not fit, damaged checkpoints, a loss that is no number.</summary>
public class TrainingException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public TrainingException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
