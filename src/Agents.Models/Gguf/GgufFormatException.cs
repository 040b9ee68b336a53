namespace Agents.Models.Gguf;

/// <summary>A GGUF file is damaged, truncated, hostile, or uses a part of the format that this build does not read.</summary>
public sealed class GgufFormatException : ModelFormatException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public GgufFormatException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    public GgufFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public GgufFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
