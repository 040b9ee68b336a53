namespace Agents.Models;

/// <summary>A temporary adapter could not be made. The model is as it was.</summary>
public class AdaptationException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public AdaptationException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed and the way out.</param>
    public AdaptationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What failed and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public AdaptationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
