namespace Agents.Server;

/// <summary>Base of errors in setting up or starting the server, such as a public address without keys.</summary>
public class ServerException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ServerException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what is wrong and what to do about it. Never a key.</param>
    public ServerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what is wrong and what to do about it. Never a key.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
