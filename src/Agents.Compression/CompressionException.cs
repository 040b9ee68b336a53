namespace Agents.Compression;

/// <summary>Base of errors in compressing models: an unknown method, an input that cannot be compressed, or an output that cannot be written.</summary>
public class CompressionException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public CompressionException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, in which file and tensor, what was found and what was expected.</param>
    public CompressionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, in which file and tensor, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public CompressionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
