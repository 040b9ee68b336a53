namespace Agents.Evaluation.Verification;

/// <summary>A line of a task file is not a question with an answer.</summary>
public sealed class TaskFileException : EvaluationException
{
    /// <summary>Creates an error without details. Prefer the overload with the place.</summary>
    public TaskFileException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">One line that names the file, the line, what was found and what was expected.</param>
    public TaskFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">One line that names the file, the line, what was found and what was expected.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TaskFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error at a line.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="line">Line from 1.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="innerException">The error that led to this one, or null.</param>
    public TaskFileException(string source, long line, string problem, Exception? innerException = null)
        : base(FormattableString.Invariant($"{source}, line {line}: {problem}. Each line must be a JSON object with the texts \"question\" and \"answer\"."), innerException!)
    {
        Line = line;
    }

    /// <summary>Gets the line from 1; 0 when unknown.</summary>
    public long Line { get; }
}
