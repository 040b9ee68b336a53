namespace Agents.Runtime.Reasoning;

/// <summary>A strategy id is unknown. The message offers the nearest ids and lists all.</summary>
public class StrategyNotFoundException : ReasoningException
{
    /// <summary>Creates an error without details. Prefer <see cref="For"/>.</summary>
    public StrategyNotFoundException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Which id, and which are known.</param>
    public StrategyNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Which id, and which are known.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public StrategyNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the error for an id.</summary>
    /// <param name="id">The unknown id.</param>
    /// <param name="known">All known ids.</param>
    public static StrategyNotFoundException For(string id, IReadOnlyCollection<string> known) =>
        new($"There is no strategy '{id}'. {(known.Count == 0 ? "No strategy is loaded: name a plugin folder." : NearestNames.Describe(id, known))}");
}
