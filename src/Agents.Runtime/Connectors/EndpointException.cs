namespace Agents.Runtime.Connectors;

/// <summary>A model endpoint could not be reached, refused the request, or broke off. The message is one line: URL, cause, fix.</summary>
public class EndpointException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public EndpointException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">URL, cause, fix.</param>
    public EndpointException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">URL, cause, fix.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public EndpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Gets the HTTP status; null when there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>Gets whether the same request may succeed later: 408, 429, 5xx, connection refused or reset, timeout.</summary>
    public bool Retryable { get; init; }

    /// <summary>Gets how long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
