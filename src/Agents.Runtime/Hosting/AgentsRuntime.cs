using Agents.Evaluation.Verification;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Connectors;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Hosting;

/// <summary>Loads plugins when the host starts, opens models at the first call, and closes both with the host.</summary>
internal sealed class AgentsRuntime : IAgents, IHostedService, IAsyncDisposable
{
    private readonly AgentsOptions _options;
    private readonly string _model;
    private readonly IModelLoader _models;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly IRequestObserver? _observer;
    private readonly PluginHost _plugins;
    private readonly PluginFeatures _features;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly List<RoleModel> _open = [];
    private ReasoningEngine? _engine;
    private int _disposed;

    public AgentsRuntime(AgentsOptions options, IModelLoader models, FeatureTable own, ILoggerFactory logging, TimeProvider time, IRequestObserver? observer = null)
    {
        _options = options;
        _model = ModelReference.Parse(options.Model).Name;
        _models = models;
        _logging = logging;
        _time = time;
        _observer = observer;
        _plugins = new PluginHost(new PluginHostOptions { Folders = [.. options.PluginFolders] }, logging, time);
        _features = new PluginFeatures(own, _plugins, options.Strategies is { } exposed ? exposed.Contains : null);
    }

    public IReadOnlyList<FeatureInfo> Strategies => _features.List<IReasoningStrategy>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _plugins.LoadAllAsync(cancellationToken).ConfigureAwait(false);
        foreach (PluginStatus status in _plugins.List().Where(status => status.Reason is not null))
        {
            _logging.CreateLogger("Agents.Plugins").LogWarning("Plugin '{Plugin}' is {State}: {Reason}", status.Id, status.State, status.Reason);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<ReasoningResult> AskAsync(
        string question, string? strategy = null, ReasoningRequest? request = null, CancellationToken cancellationToken = default)
    {
        ReasoningTask task = ReasoningTask.FromQuestion(question);
        ReasoningEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        return await engine.SolveAsync(strategy ?? _options.DefaultStrategy, task, request, cancellationToken).ConfigureAwait(false);
    }

    public IChatClient Client(string? strategy = null, StrategyOptions? options = null) =>
        new DeferredStrategyClient(this, _model, strategy ?? _options.DefaultStrategy, new ReasoningRequest { Options = options ?? new StrategyOptions() });

    public async Task<ReasoningEngine> EngineAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _engine) is { } ready)
        {
            return ready;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _engine ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container knows this object under three service types and disposes it once for each.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _plugins.DisposeAsync().ConfigureAwait(false);
        foreach (RoleModel model in _open)
        {
            model.Client.Dispose();
        }

        _opening.Dispose();
    }

    private async Task<ReasoningEngine> OpenAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, RoleModel> byReference = new(StringComparer.Ordinal);
        RoleModel main = await OpenAsync(_options.Model, byReference, cancellationToken).ConfigureAwait(false);
        Dictionary<string, RoleModel> roles = new(StringComparer.Ordinal);
        foreach ((string role, string model) in _options.Roles)
        {
            roles[role] = await OpenAsync(model, byReference, cancellationToken).ConfigureAwait(false);
        }

        // A user's folder wins; behind it come the prompts beside the application and those that plugins ship.
        string[] prompts = [.. _options.PromptFolders, Path.Combine(AppContext.BaseDirectory, "prompts"), .. _plugins.List().Select(status => Path.Combine(status.Folder, "prompts"))];
        return new ReasoningEngine(
            _features, PromptLibrary.FromFolders(prompts), AnswerFormat.Default, new RoleModels(main) { Roles = roles },
            options: new ReasoningEngineOptions { DefaultBudget = _options.Budget }, time: _time, logging: _logging, observer: _observer);
    }

    private async Task<RoleModel> OpenAsync(string text, Dictionary<string, RoleModel> byReference, CancellationToken cancellationToken)
    {
        if (!byReference.TryGetValue(text, out RoleModel? model))
        {
            model = await _models.LoadAsync(ModelReference.Parse(text), cancellationToken).ConfigureAwait(false);
            byReference[text] = model;
            _open.Add(model);
        }

        return model;
    }
}
