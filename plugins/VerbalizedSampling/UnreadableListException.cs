namespace Agents.Plugins.VerbalizedSampling;

/// <summary>A model gave no list of answers, however often it was asked.</summary>
public class UnreadableListException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public UnreadableListException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">How many replies there were, how the last one began, and the way out.</param>
    public UnreadableListException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">How many replies there were, how the last one began, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public UnreadableListException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
