namespace Agents;

/// <summary>A model, adapter, tokenizer or checkpoint file is damaged, truncated, or uses a format that this build cannot read.</summary>
public class ModelFormatException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ModelFormatException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
