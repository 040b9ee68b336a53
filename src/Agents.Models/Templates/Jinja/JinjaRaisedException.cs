namespace Agents.Models.Templates.Jinja;

/// <summary>A chat template refused the conversation with <c>raise_exception</c>; the message is the template author's.</summary>
public sealed class JinjaRaisedException : JinjaException
{
    /// <summary>Creates an error without details. Prefer the overload with a position.</summary>
    public JinjaRaisedException()
    {
    }

    /// <summary>Creates an error without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaRaisedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause and without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public JinjaRaisedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error at a place of the template.</summary>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in UTF-16 units, from 1.</param>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaRaisedException(int line, int column, string message)
        : base(line, column, message)
    {
    }
}
