namespace Agents.Models.Templates.Jinja;

/// <summary>A Jinja chat template cannot be evaluated: an operation does not fit its values, or a name is unknown.</summary>
public class JinjaException : ChatTemplateException
{
    /// <summary>Creates an error without details. Prefer the overloads with a position.</summary>
    public JinjaException()
    {
    }

    /// <summary>Creates an error without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause and without a position.</summary>
    /// <param name="message">One line that names what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public JinjaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error at a place of the template.</summary>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in UTF-16 units, from 1.</param>
    /// <param name="message">One line that names what was found and what was expected.</param>
    public JinjaException(int line, int column, string message)
        : base($"Chat template, {line}:{column}: {message}")
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line of the template, from 1; 0 when unknown. Line ends of every kind count once.</summary>
    public int Line { get; }

    /// <summary>Column of the template in UTF-16 units, from 1; 0 when unknown.</summary>
    public int Column { get; }
}
