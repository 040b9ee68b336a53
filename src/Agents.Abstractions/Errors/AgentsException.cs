namespace Agents;

/// <summary>
/// Base of every error this product raises about its domain (models, plugins, training, ...). Each area derives one base from it.
/// The message names the cause and what the user can do about it; argument errors at public edges stay <see cref="ArgumentException"/>s.
/// </summary>
public class AgentsException : Exception
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public AgentsException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    public AgentsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line: what went wrong, where, what was found, what was expected, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public AgentsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
