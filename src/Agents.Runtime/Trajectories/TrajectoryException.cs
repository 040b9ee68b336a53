namespace Agents.Runtime.Trajectories;

/// <summary>Recorded trajectories cannot be read or written; the message names the file, the line, and the way out.</summary>
public class TrajectoryException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overload with a message.</summary>
    public TrajectoryException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What, where, and the way out.</param>
    public TrajectoryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What, where, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TrajectoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
