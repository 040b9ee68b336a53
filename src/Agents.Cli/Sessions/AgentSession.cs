using System.Text.Json;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Evaluation.Verification;
using Agents.Models.Decoder;
using Agents.Plugins;
using Agents.Prompts;
using Agents.Runtime.Adaptation;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Cli.Sessions;

/// <summary>What a command needs to answer questions: strategies from plugins, prompts, the engine, and a model.</summary>
internal sealed class AgentSession : IAsyncDisposable
{
    private readonly PluginHost _host;
    private DecoderModel? _local;
    private IChatClient? _client;

    private AgentSession(PluginHost host, IFeatureSource features, IPromptLibrary prompts, ReasoningEngine engine)
    {
        _host = host;
        Features = features;
        Prompts = prompts;
        Engine = engine;
    }

    /// <summary>Gets what the plugins offer.</summary>
    public IFeatureSource Features { get; }

    /// <summary>Gets the prompts.</summary>
    public IPromptLibrary Prompts { get; }

    /// <summary>Gets the engine.</summary>
    public ReasoningEngine Engine { get; }

    /// <summary>Gets the model as a chat client; there after <see cref="OpenModelAsync"/>.</summary>
    public IChatClient Client => _client ?? throw new InvalidOperationException("No model is open.");

    /// <summary>Gets the model's name.</summary>
    public string ModelName { get; private set; } = "";

    /// <summary>Gets the model that runs in this process; null for a model behind an endpoint.</summary>
    public DecoderModel? Local => _local;

    /// <summary>Gets the hash of the local model's weights; null for a model behind an endpoint.</summary>
    public string? GenerationId => _local?.GenerationId;

    /// <summary>Gets the model for every role.</summary>
    public RoleModels Models => RoleModels.Single(Client, ModelName);

    /// <summary>Loads plugins and prompts, but no model.</summary>
    /// <param name="plugins">Further plugin folders.</param>
    /// <param name="prompts">Further prompt folders.</param>
    /// <param name="console">Where warnings about plugins go.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    public static async Task<AgentSession> CreateAsync(
        IReadOnlyList<string> plugins, IReadOnlyList<string> prompts, CommandConsole console, CancellationToken cancellationToken)
    {
        PluginHost host = PluginFolders.CreateHost(PluginFolders.Options(plugins), console);
        try
        {
            await host.LoadAllAsync(cancellationToken).ConfigureAwait(false);
            foreach (PluginStatus status in host.List().Where(status => status.State != PluginState.Active))
            {
                console.Note($"warning: plugin {status.State.ToString().ToLowerInvariant()}: {status.Reason}");
            }

            PluginFeatures features = new(new FeatureTable(), host);
            PromptLibrary library = PromptFolders.Open(prompts);
            foreach (PromptInfo outdated in library.List().Where(prompt => prompt.IsOutdated))
            {
                console.Note("warning: " + PromptFolders.Outdated(outdated));
            }

            ReasoningEngine engine = new(features, library, AnswerFormat.Default, logging: new ErrorStreamLoggers(console));
            return new AgentSession(host, features, library, engine);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Checks that a strategy exists and knows its settings, before anything expensive starts.</summary>
    /// <param name="strategy">Its id.</param>
    /// <param name="settings">Its own settings; null for none.</param>
    /// <exception cref="UsageException">There is none, or a setting is misspelt; the message offers the nearest.</exception>
    public void RequireStrategy(string strategy, JsonElement? settings = null)
    {
        IReadOnlyList<FeatureInfo> known = Engine.Strategies;
        FeatureInfo info = known.FirstOrDefault(info => info.Id == strategy)
            ?? throw new UsageException(StrategyNotFoundException.For(strategy, [.. known.Select(info => info.Id)]).Message);
        if (settings is not { } given || info.Settings.Count == 0)
        {
            return;
        }

        foreach (JsonProperty property in given.EnumerateObject())
        {
            if (!info.Settings.ContainsKey(property.Name))
            {
                throw new UsageException($"The strategy '{strategy}' has no setting '{property.Name}'. {NearestNames.Describe(property.Name, [.. info.Settings.Keys])}");
            }
        }
    }

    /// <summary>Opens the model.</summary>
    /// <param name="reference">The model, as on the command line.</param>
    /// <param name="retries">How often a failed call to an endpoint is tried again.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    public async Task OpenModelAsync(string reference, int retries, CancellationToken cancellationToken)
    {
        if (Endpoints.Names(reference))
        {
            (_client, ModelName) = Endpoints.Connect(reference, retries);
            return;
        }

        _local = await LocalModels.OpenAsync(reference, cancellationToken).ConfigureAwait(false);
        _client = new AdaptableChatClient(_local);
        ModelName = _local.Name;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync().ConfigureAwait(false);
        _client?.Dispose();
        _local?.Dispose();
    }
}
