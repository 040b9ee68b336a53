namespace Agents.Models.Tokenization;

/// <summary>A tokenizer definition is incomplete, contradicts itself, or is of a kind that this build does not know.</summary>
public class TokenizerException : ModelFormatException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public TokenizerException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the place, what was found, what was expected and the way out.</param>
    public TokenizerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the place, what was found, what was expected and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TokenizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
