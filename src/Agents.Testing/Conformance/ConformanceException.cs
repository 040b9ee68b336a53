namespace Agents.Testing.Conformance;

/// <summary>A strategy broke a rule that every strategy has to keep.</summary>
public class ConformanceException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ConformanceException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Strategy, rule, what was expected and what happened.</param>
    public ConformanceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Strategy, rule, what was expected and what happened.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ConformanceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
