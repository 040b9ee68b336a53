using Agents.Budgets;
using Agents.Runtime.Connectors;
using Agents.Runtime.Plugins;
using Agents.Runtime.Resilience;

namespace Agents.Runtime.Hosting;

/// <summary>Settings of the runtime inside an application. Nothing that users say is recorded without <see cref="AgentsServiceCollectionExtensions.RecordTrajectories"/>.</summary>
public sealed class AgentsOptions
{
    /// <summary>Gets or sets the default model. Default <c>tiny</c>; see <see cref="ModelReference"/> for the accepted forms.</summary>
    public string Model { get; set; } = ModelReference.EmbeddedName;

    /// <summary>Gets the models of single roles, by role name; a role without an entry uses <see cref="Model"/>.</summary>
    public IDictionary<string, string> Roles { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the folders that hold plugin folders. Default: <c>plugins</c> beside the application, first-party.</summary>
    public IList<PluginFolder> PluginFolders { get; } = [new PluginFolder(Path.Combine(AppContext.BaseDirectory, "plugins"), PluginTrust.FirstParty)];

    /// <summary>Gets the prompt folders that override <c>prompts</c> beside the application and the plugins' own, the first one winning. Default none.</summary>
    public IList<string> PromptFolders { get; } = [];

    /// <summary>Gets or sets the ids of the strategies that callers may use; null exposes all of the loaded plugins. Default null.</summary>
    public IReadOnlyCollection<string>? Strategies { get; set; }

    /// <summary>Gets or sets the strategy of calls that name none. Default <c>direct</c>.</summary>
    public string DefaultStrategy { get; set; } = "direct";

    /// <summary>Gets or sets the limits of requests that name none. Default: no limits.</summary>
    public Budget Budget { get; set; } = Budget.Unlimited;

    /// <summary>Gets or sets how calls to remote models are protected.</summary>
    public ResilienceOptions Resilience { get; set; } = new();

    /// <summary>Gets or sets whether the API key may travel unencrypted to another machine. Default false.</summary>
    public bool AllowKeyWithoutEncryption { get; set; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that cannot work.</exception>
    public void Validate()
    {
        List<string> broken = [];
        Try(broken, "Model", () => ModelReference.Parse(Model));
        foreach ((string role, string model) in Roles)
        {
            Try(broken, $"Roles:{role}", () => ModelReference.Parse(model));
        }

        Try(broken, "Budget", Budget.Validate);
        Try(broken, "Resilience", Resilience.Validate);
        if (string.IsNullOrWhiteSpace(DefaultStrategy))
        {
            broken.Add("Agents:DefaultStrategy is empty");
        }
        else if (Strategies is { } exposed && !exposed.Contains(DefaultStrategy))
        {
            broken.Add($"Agents:DefaultStrategy is '{DefaultStrategy}', which Agents:Strategies does not expose");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The settings of Agents are invalid: " + string.Join(" | ", broken));
        }
    }

    private static void Try(List<string> broken, string key, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException error)
        {
            broken.Add($"Agents:{key}: {error.Message}");
        }
    }
}
