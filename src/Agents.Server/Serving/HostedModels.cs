using System.Diagnostics.CodeAnalysis;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Server.Serving;

/// <summary>The chat client of the host, and the listed strategies over it. Strategies whose plugin is not loaded are neither listed nor found.</summary>
internal sealed class HostedModels : IServedModels
{
    private readonly ServedModel _model;
    private readonly IReadOnlyList<string> _strategies;
    private readonly ReasoningEngine? _engine;

    /// <summary>Creates the table.</summary>
    /// <param name="client">The model.</param>
    /// <param name="options">What is exposed.</param>
    /// <param name="engine">The engine that knows the strategies; null when the host has none.</param>
    /// <exception cref="ServerException">Strategies are listed, but there is no engine.</exception>
    public HostedModels(IChatClient client, AgentsServerOptions options, ReasoningEngine? engine = null)
    {
        if (options.Strategies.Count > 0 && engine is null)
        {
            throw new ServerException($"The server shall offer the strategies {string.Join(", ", options.Strategies)}, but no reasoning engine is registered; register one before the server.");
        }

        string? stated = (client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId;
        string id = options.ModelId ?? (string.IsNullOrEmpty(stated) ? "default" : stated);
        _model = new ServedModel(id, client, IsStrategy: false);
        _strategies = options.Strategies;
        _engine = engine;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Ids
    {
        get
        {
            HashSet<string> known = _engine is null ? [] : [.. _engine.Strategies.Select(info => info.Id)];
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

        model = null;
        if (_engine is null || !id.StartsWith(AgentsServerOptions.StrategyPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        string name = id[AgentsServerOptions.StrategyPrefix.Length..];
        if (!_strategies.Contains(name, StringComparer.Ordinal) || _engine.Strategies.All(info => info.Id != name))
        {
            return false;
        }

        ReasoningRequest request = new() { Models = RoleModels.Single(_model.Client, _model.Id) };
        model = new ServedModel(id, new StrategyChatClient(_engine, name, request), IsStrategy: true);
        return true;
    }
}
