namespace Agents.Runtime.Replication;

/// <summary>A replication cannot run as asked: another run's folder, data that is not disjoint, an unknown item or role, a model that lacks something.</summary>
public class ReplicationException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ReplicationException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    public ReplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ReplicationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
