using System.Text.Json;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Cli.Plugins;
using Agents.Evaluation.Verification;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Plugins;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Adaptation;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Replication;
using Agents.Runtime.Trajectories;
using Microsoft.Extensions.AI;

namespace Agents.Cli.Sessions;

/// <summary>What a command needs to answer questions: strategies from plugins, prompts, the engine, and a model.</summary>
internal sealed class AgentSession : IAsyncDisposable
{
    private readonly PluginHost _host;
    private readonly TrajectoryRecorder? _recorder;
    private readonly CommandConsole _console;
    private readonly Dictionary<string, string> _adapters = new(StringComparer.Ordinal);
    private DecoderModel? _local;
    private IChatClient? _client;

    private AgentSession(PluginHost host, IFeatureSource features, IPromptLibrary prompts, ReasoningEngine engine, TrajectoryRecorder? recorder, CommandConsole console)
    {
        _host = host;
        _recorder = recorder;
        _console = console;
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
    public RoleModels Models => new(Bind(ModelRoles.Default))
    {
        Roles = _adapters.Keys.Where(role => role != ModelRoles.Default).ToDictionary(role => role, Bind),
    };

    /// <summary>Gets which role runs with which adapter, by content; empty without adapters.</summary>
    public string AdapterNames => string.Join(',', _adapters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={_local!.GenerationIdOf([new AdapterUse(pair.Value)])}"));

    /// <summary>Loads plugins and prompts, but no model.</summary>
    /// <param name="plugins">Further plugin folders.</param>
    /// <param name="prompts">Further prompt folders.</param>
    /// <param name="console">Where warnings about plugins go.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <param name="record">Folder to record finished requests in; null records nothing.</param>
    public static async Task<AgentSession> CreateAsync(
        IReadOnlyList<string> plugins, IReadOnlyList<string> prompts, CommandConsole console, CancellationToken cancellationToken, string? record = null)
    {
        // A command waits for its records: whoever asked for them wants them whole.
        TrajectoryRecorder? recorder = record is null ? null : new TrajectoryRecorder(record, new TrajectoryRecorderOptions { WaitForRoom = true }, logging: new ErrorStreamLoggers(console));
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

            ReasoningEngine engine = new(features, library, AnswerFormat.Default, logging: new ErrorStreamLoggers(console), observer: recorder);
            return new AgentSession(host, features, library, engine, recorder, console);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            if (recorder is not null)
            {
                await recorder.DisposeAsync().ConfigureAwait(false);
            }

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
    /// <param name="adapters">Files of adapters by role; null for none.</param>
    /// <exception cref="UsageException">Adapters are named for a model behind an endpoint.</exception>
    public async Task OpenModelAsync(string reference, int retries, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? adapters = null)
    {
        if (Endpoints.Names(reference))
        {
            if (adapters is { Count: > 0 })
            {
                throw new UsageException($"--adapter needs a model in this process; '{reference}' is behind an endpoint, which loads adapters itself.");
            }

            (_client, ModelName) = Endpoints.Connect(reference, retries);
            return;
        }

        _local = await LocalModels.OpenAsync(reference, cancellationToken).ConfigureAwait(false);
        _client = new AdaptableChatClient(_local);
        ModelName = _local.Name;
        foreach ((string role, string path) in adapters ?? new Dictionary<string, string>())
        {
            await _local.Adapters.LoadAsync($"{role}-adapter", path, cancellationToken).ConfigureAwait(false);
            _adapters[role] = $"{role}-adapter";
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_recorder is not null)
        {
            await _recorder.DisposeAsync().ConfigureAwait(false);
            if (_recorder.Counts.Failed > 0)
            {
                _console.Note($"warning: {_recorder.Counts.Failed} requests could not be recorded.");
            }
        }

        await _host.DisposeAsync().ConfigureAwait(false);
        _client?.Dispose();
        _local?.Dispose();
    }

    private RoleModel Bind(string role) =>
        new(_adapters.TryGetValue(role, out string? adapter) ? new AdaptedChatClient(Client, [new AdapterUse(adapter)]) : Client) { Name = ModelName };
}
