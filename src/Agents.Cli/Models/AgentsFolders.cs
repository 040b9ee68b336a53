namespace Agents.Cli.Models;

/// <summary>Where the command finds plugins, prompts and models: beside the executable, and in the user's own folder.</summary>
/// <param name="Shipped">Folder of the executable.</param>
/// <param name="Home">The user's folder: the environment variable <c>AGENTS_HOME</c>, otherwise <c>.agents</c> in the user's profile. May be missing.</param>
internal sealed record AgentsFolders(string Shipped, string Home)
{
    /// <summary>Name of the environment variable that moves the user's folder.</summary>
    public const string HomeVariable = "AGENTS_HOME";

    /// <summary>Gets the folders of this process.</summary>
    public static AgentsFolders Current { get; } = new(
        AppContext.BaseDirectory,
        Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".agents"));

    /// <summary>Gets the shipped plugins.</summary>
    public string ShippedPlugins => Path.Combine(Shipped, "plugins");

    /// <summary>Gets the shipped prompts.</summary>
    public string ShippedPrompts => Path.Combine(Shipped, "prompts");

    /// <summary>Gets the shipped models.</summary>
    public string ShippedModels => Path.Combine(Shipped, "models");

    /// <summary>Gets the user's plugins.</summary>
    public string HomePlugins => Path.Combine(Home, "plugins");

    /// <summary>Gets the user's prompts.</summary>
    public string HomePrompts => Path.Combine(Home, "prompts");

    /// <summary>Gets the user's models.</summary>
    public string HomeModels => Path.Combine(Home, "models");
}
