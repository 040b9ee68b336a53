namespace Agents.Training.Errors;

/// <summary>A run was refused before its first step, because it could not have worked. Nothing was trained or written.</summary>
public sealed class PreflightException : TrainingException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public PreflightException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what was measured, what was expected, and the way out.</param>
    public PreflightException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what was measured, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public PreflightException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
