namespace Agents.Models.Safetensors;

/// <summary>A safetensors file or its shard index is damaged, truncated, hostile, or uses a type that this build does not read.</summary>
public sealed class SafetensorsFormatException : ModelFormatException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public SafetensorsFormatException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    public SafetensorsFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the file, the place in it, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public SafetensorsFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
