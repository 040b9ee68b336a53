namespace Agents.Runtime.Learning;

/// <summary>A recipe cannot be run: its data or its starting model is missing or does not fit.</summary>
public class RecipeException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public RecipeException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What is missing, where it is named, and the way out.</param>
    public RecipeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What is missing, where it is named, and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public RecipeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
