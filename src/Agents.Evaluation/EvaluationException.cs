namespace Agents.Evaluation;

/// <summary>Base of errors in tasks, task files, verification and evaluation runs.</summary>
public class EvaluationException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public EvaluationException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found and what was expected.</param>
    public EvaluationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public EvaluationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
