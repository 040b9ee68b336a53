namespace Agents.Models.Sampling;

/// <summary>A model produced logits from which nothing can be drawn: NaN, plus infinity, or no finite value at all.</summary>
public sealed class InvalidLogitsException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public InvalidLogitsException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the token and the value.</param>
    public InvalidLogitsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the token and the value.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public InvalidLogitsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
