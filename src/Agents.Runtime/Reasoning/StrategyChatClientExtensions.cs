using Agents.Budgets;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>Puts a strategy in front of a chat client.</summary>
public static class StrategyChatClientExtensions
{
    /// <summary>Returns a client that answers with a strategy, every call of which goes to this client.</summary>
    /// <param name="client">The model.</param>
    /// <param name="engine">The engine that knows the strategies.</param>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="options">Its options; null for its defaults.</param>
    /// <param name="budget">Limits of each request; null for the engine's default.</param>
    public static IChatClient WithStrategy(
        this IChatClient client, ReasoningEngine engine, string strategy, StrategyOptions? options = null, Budget? budget = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new StrategyChatClient(
            engine, strategy, new ReasoningRequest { Models = RoleModels.Single(client), Options = options ?? new StrategyOptions(), Budget = budget });
    }
}
