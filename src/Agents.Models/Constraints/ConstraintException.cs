namespace Agents.Models.Constraints;

/// <summary>A schema or pattern that cannot be compiled: damaged, unsatisfiable, too large, or using something that is not supported. The message names the place.</summary>
public sealed class ConstraintException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public ConstraintException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What, where, what was expected.</param>
    public ConstraintException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What, where, what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public ConstraintException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
