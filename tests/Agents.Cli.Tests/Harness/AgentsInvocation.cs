namespace Agents.Cli.Tests.Harness;

/// <summary>What differs from a plain call of the command.</summary>
public sealed record AgentsInvocation
{
    /// <summary>Gets the text of standard input; null for none.</summary>
    public string? Input { get; init; }

    /// <summary>Gets further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets another executable, for example a published one.</summary>
    public string? Executable { get; init; }

    /// <summary>Gets the working directory; null for a scratch folder.</summary>
    public string? WorkingDirectory { get; init; }
}
