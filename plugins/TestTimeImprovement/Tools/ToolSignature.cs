namespace Agents.Plugins.TestTimeImprovement.Tools;

/// <summary>A function that a question offers.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="Alias">The name it must be called by in this question; null for its own.</param>
/// <param name="Parameters">Names of its parameters.</param>
public sealed record ToolSignature(string Name, string? Alias, IReadOnlyList<string> Parameters)
{
    /// <summary>Gets the name in a call.</summary>
    public string Callable => Alias ?? Name;
}
