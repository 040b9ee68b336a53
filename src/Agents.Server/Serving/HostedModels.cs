using System.Diagnostics.CodeAnalysis;
using Agents.Plugins;
using Agents.Runtime.Hosting;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Server.Serving;

/// <summary>The host's model, and the listed strategies over it. Strategies whose plugin is not loaded are neither listed nor found.</summary>
internal sealed class HostedModels : IServedModels
{
    private readonly ServedModel _model;
    private readonly IReadOnlyList<string> _strategies;
    private readonly Func<IReadOnlyList<FeatureInfo>> _known;
    private readonly Func<string, IChatClient> _open;

    /// <summary>Creates the table over the runtime: its default strategy is the plain model.</summary>
    /// <param name="agents">The runtime.</param>
    /// <param name="options">What is exposed.</param>
    public HostedModels(IAgents agents, AgentsServerOptions options)
        : this(options, agents.Client(), isStrategy: true)
    {
        _known = () => agents.Strategies;
        _open = name => agents.Client(name);
    }

    /// <summary>Creates the table over a client.</summary>
    /// <param name="client">The model.</param>
    /// <param name="options">What is exposed.</param>
    /// <param name="engine">The engine that knows the strategies; null when the host has none.</param>
    /// <exception cref="ServerException">Strategies are listed, but there is no engine.</exception>
    public HostedModels(IChatClient client, AgentsServerOptions options, ReasoningEngine? engine = null)
        : this(options, client, isStrategy: false)
    {
        if (engine is not null)
        {
            ReasoningRequest request = new() { Models = RoleModels.Single(client, _model.Id) };
            _known = () => engine.Strategies;
            _open = name => new StrategyChatClient(engine, name, request);
        }
        else if (_strategies.Count > 0)
        {
            throw new ServerException(
                $"The server shall offer the strategies {string.Join(", ", _strategies)}, but the host has nothing that runs them; call services.AddAgents(...) or register a {nameof(ReasoningEngine)}.");
        }
    }

    private HostedModels(AgentsServerOptions options, IChatClient client, bool isStrategy)
    {
        string? stated = (client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId;
        _model = new ServedModel(options.ModelId ?? (string.IsNullOrEmpty(stated) ? "default" : stated), client, isStrategy);
        _strategies = options.Strategies;
        _known = static () => [];
        _open = static name => throw new ServerException($"There is no strategy '{name}'.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Ids
    {
        get
        {
            HashSet<string> known = [.. _known().Select(info => info.Id)];
            return [_model.Id, .. _strategies.Where(known.Contains).Select(name => AgentsServerOptions.StrategyPrefix + name)];
        }
    }

    /// <inheritdoc/>
    public bool TryGet(string id, [NotNullWhen(true)] out ServedModel? model)
    {
        if (id == _model.Id)
        {
            model = _model;
            return true;
        }

        string? name = _strategies.FirstOrDefault(name => id == AgentsServerOptions.StrategyPrefix + name);
        model = name is null || _known().All(info => info.Id != name) ? null : new ServedModel(id, _open(name), IsStrategy: true);
        return model is not null;
    }
}
