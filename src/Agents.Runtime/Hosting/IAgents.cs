using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Hosting;

/// <summary>The runtime as an application sees it. Plugins load with the host; models open at the first call.</summary>
public interface IAgents
{
    /// <summary>Gets the exposed strategies.</summary>
    IReadOnlyList<FeatureInfo> Strategies { get; }

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="strategy">Id of the strategy; null for the default one.</param>
    /// <param name="request">Options and budget; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<ReasoningResult> AskAsync(string question, string? strategy = null, ReasoningRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Returns the engine with the configured models, once they are open.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ReasoningEngine> EngineAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns a strategy as a chat client.</summary>
    /// <param name="strategy">Id of the strategy; null for the default one.</param>
    /// <param name="options">Its options; null for its defaults.</param>
    IChatClient Client(string? strategy = null, StrategyOptions? options = null);
}
