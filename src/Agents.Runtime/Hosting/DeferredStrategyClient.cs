using System.Runtime.CompilerServices;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Hosting;

/// <summary>A strategy's client that can be resolved before the models are open.</summary>
internal sealed class DeferredStrategyClient(IAgents agents, string strategy, ReasoningRequest request) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("agents");

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IChatClient client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IChatClient client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose()
    {
    }

    private async Task<IChatClient> OpenAsync(CancellationToken cancellationToken) =>
        new StrategyChatClient(await agents.EngineAsync(cancellationToken).ConfigureAwait(false), strategy, request);
}
