namespace Agents.Models.Serving;

/// <summary>A request needs more memory for keys and values than the model may hold in all, so waiting would not help.</summary>
public sealed class CacheTooSmallException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public CacheTooSmallException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    public CacheTooSmallException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public CacheTooSmallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
