namespace Agents.Models.Cache;

/// <summary>All pages of a cache are in use, and its limit allows no more.</summary>
public sealed class KvCacheFullException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public KvCacheFullException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that tells what was wanted, what is left and the way out.</param>
    public KvCacheFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that tells what was wanted, what is left and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public KvCacheFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
