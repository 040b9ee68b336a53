namespace Agents.Prompts;

/// <summary>A prompt is missing, broken, or was given variables it cannot use.</summary>
public class PromptException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public PromptException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Which prompt, what is wrong, and the way out.</param>
    public PromptException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Which prompt, what is wrong, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public PromptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
