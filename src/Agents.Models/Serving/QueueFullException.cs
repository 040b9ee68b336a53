namespace Agents.Models.Serving;

/// <summary>As many requests wait for the model as may wait. Trying again later may help.</summary>
public sealed class QueueFullException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public QueueFullException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    public QueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line with the numbers and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public QueueFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
