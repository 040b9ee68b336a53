namespace Agents.Models.Templates.Jinja;

/// <summary>A text is no Jinja template, or uses a construct, filter or test outside the supported subset.</summary>
public sealed class JinjaSyntaxException : JinjaException
{
    /// <summary>Creates an error without details. Prefer the overload with a position.</summary>
    public JinjaSyntaxException()
    {
    }

    /// <summary>Creates an error without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaSyntaxException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause and without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public JinjaSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error at a place of the template.</summary>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in UTF-16 units, from 1.</param>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaSyntaxException(int line, int column, string message)
        : base(line, column, message)
    {
    }
}
