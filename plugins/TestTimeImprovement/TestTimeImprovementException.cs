namespace Agents.Plugins.TestTimeImprovement;

/// <summary>A setting asks for what the model of this request cannot do.</summary>
public class TestTimeImprovementException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overloads with a message.</summary>
    public TestTimeImprovementException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed and the way out.</param>
    public TestTimeImprovementException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">What failed and the way out.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public TestTimeImprovementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
