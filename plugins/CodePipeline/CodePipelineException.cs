namespace Agents.Plugins.CodePipeline;

/// <summary>A program cannot be run at all, for example because this machine cannot isolate it. What a program itself does wrong is never an exception.</summary>
public class CodePipelineException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public CodePipelineException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed and the way out.</param>
    public CodePipelineException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What failed and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public CodePipelineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
