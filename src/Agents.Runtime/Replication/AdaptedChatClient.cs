using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>A chat client whose calls run with some adapters unless they name their own: how a role gets its adapter. The inner client stays the caller's.</summary>
public sealed class AdaptedChatClient : IChatClient, IGroupSampler
{
    private readonly IChatClient _inner;
    private readonly IReadOnlyList<AdapterUse> _adapters;
    private readonly AdaptedLanguageModel? _model;
    private readonly IGroupSampler? _sampler;
    private readonly AdaptedAdaptationSource? _source;

    /// <summary>Wraps a client.</summary>
    /// <param name="inner">A client of a model that has the adapters loaded.</param>
    /// <param name="adapters">The adapters.</param>
    public AdaptedChatClient(IChatClient inner, IReadOnlyList<AdapterUse> adapters)
    {
        _inner = inner;
        _adapters = adapters;
        _model = inner.GetService(typeof(ILanguageModel)) is ILanguageModel model ? new AdaptedLanguageModel(model, adapters) : null;
        _sampler = inner.GetService(typeof(IGroupSampler)) as IGroupSampler;
        _source = inner.GetService(typeof(IAdaptationSource)) is IAdaptationSource source ? new AdaptedAdaptationSource(source, adapters) : null;
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _inner.GetResponseAsync(messages, Adapted(options), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        _inner.GetStreamingResponseAsync(messages, Adapted(options), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        (_sampler ?? throw new NotSupportedException("The inner client samples no groups.")).SampleAsync(messages, count, Adapted(options), cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? _inner.GetService(serviceType, serviceKey)
            : serviceType == typeof(ILanguageModel) ? _model
            : serviceType == typeof(IReadOnlyList<AdapterUse>) ? _adapters
            : serviceType == typeof(IAdaptationSource) ? _source
            : serviceType == typeof(IGroupSampler) ? (_sampler is null ? null : this)
            : _inner.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: the inner client belongs to the laboratory.</summary>
    public void Dispose()
    {
    }

    private ChatOptions Adapted(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.ContainsKey(ChatOptionKeys.Adapters) == true)
        {
            return options;
        }

        ChatOptions adapted = options?.Clone() ?? new ChatOptions();
        adapted.AdditionalProperties = adapted.AdditionalProperties is null ? [] : new AdditionalPropertiesDictionary(adapted.AdditionalProperties);
        adapted.AdditionalProperties[ChatOptionKeys.Adapters] = _adapters;
        return adapted;
    }
}
