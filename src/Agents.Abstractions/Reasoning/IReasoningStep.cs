namespace Agents.Reasoning;

/// <summary>A step of a strategy: a context whose calls hang below the step's trace node. Disposing ends the step.</summary>
public interface IReasoningStep : IReasoningContext, IDisposable
{
    /// <summary>Gets the name of the step.</summary>
    string Name { get; }
}
