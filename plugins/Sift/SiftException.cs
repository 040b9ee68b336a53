namespace Agents.Plugins.Sift;

/// <summary>No call of a request gave an answer.</summary>
public class SiftException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public SiftException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed and the way out.</param>
    public SiftException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What failed and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public SiftException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
