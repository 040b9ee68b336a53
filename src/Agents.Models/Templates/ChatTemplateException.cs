namespace Agents.Models.Templates;

/// <summary>A chat template is unknown, does not fit the tokenizer, or cannot express the given turns.</summary>
public class ChatTemplateException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ChatTemplateException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names what was found, what was expected and the way out.</param>
    public ChatTemplateException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names what was found, what was expected and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ChatTemplateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
