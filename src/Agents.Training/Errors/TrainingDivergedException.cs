namespace Agents.Training.Errors;

/// <summary>The loss or the gradient norm stopped being a number. The last good checkpoint is untouched.</summary>
public sealed class TrainingDivergedException : TrainingException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TrainingDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
