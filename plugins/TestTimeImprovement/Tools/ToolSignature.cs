namespace Agents.Plugins.TestTimeImprovement.Tools;

/// <summary>A function that a question offers.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="Alias">The name it must be called by in this question; null for its own.</param>
/// <param name="Parameters">Names of its parameters.</param>
public sealed record ToolSignature(string Name, string? Alias, IReadOnlyList<string> Parameters)
{
    /// <summary>Gets the name in a call.</summary>
    public string Callable => Alias ?? Name;

    /// <summary>Gets what is written where the function is chosen: the name, and with it the alias where there is one.</summary>
    public string Decision => Alias is null ? Name : $"{Name} is {Alias}";
}
