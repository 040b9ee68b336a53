namespace Agents.Runtime.Reasoning;

/// <summary>Base of errors of the reasoning engine: an unknown strategy, a strategy that breaks its contract, or one that failed.</summary>
public class ReasoningException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ReasoningException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Which strategy, what went wrong, and the way out.</param>
    public ReasoningException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Which strategy, what went wrong, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ReasoningException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
