using System.Runtime.CompilerServices;
using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Testing;

/// <summary>
/// A chat client that claims to be a model in this process, with a context and capabilities: refuses prompts that do not fit, as a real one does. One token per
/// character. Generates and scores nothing at the level of tokens.
/// </summary>
/// <param name="inner">The client that answers.</param>
/// <param name="contextLength">Length of the context in characters.</param>
/// <param name="capabilities">What the model claims to be able to do.</param>
public sealed class LocalModelClient(IChatClient inner, int contextLength, LanguageModelCapabilities capabilities = LanguageModelCapabilities.None)
    : DelegatingChatClient(inner), ILanguageModel
{
    /// <inheritdoc/>
    public string Name => "small-1";

    /// <inheritdoc/>
    public string GenerationId => "none";

    /// <summary>Gets the adapters that count as loaded. Default: none.</summary>
    public IReadOnlyList<string> Adapters { get; init; } = [];

    /// <inheritdoc/>
    public ModelShape Shape { get; } = ModelShape.Uniform("llama", char.MaxValue + 1, 8, 1, new LayerShape(1, 1, 8, 8), contextLength);

    /// <inheritdoc/>
    public ITokenizer Tokenizer => CharacterTokenizer.Instance;

    /// <inheritdoc/>
    public LanguageModelCapabilities Capabilities => capabilities;

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireRoom(messages, options);
        return base.GetResponseAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireRoom(messages, options);
        return base.GetStreamingResponseAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ILanguageModel) ? this : serviceType == typeof(IGroupSampler) ? null : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This model does not score.");

    /// <inheritdoc/>
    public string GenerationIdOf(IReadOnlyList<AdapterUse> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        AdapterUse? unknown = adapters.FirstOrDefault(adapter => !Adapters.Contains(adapter.Id));
        return unknown is null ? string.Join('+', adapters.Select(adapter => adapter.Id).Prepend(GenerationId)) : throw new ArgumentException($"No adapter '{unknown.Id}' is loaded.", nameof(adapters));
    }

    private void RequireRoom(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        int needed = messages.Sum(message => message.Text.Length) + (options?.MaxOutputTokens ?? 0);
        if (needed > Shape.ContextLength)
        {
            throw new ArgumentException($"The prompt and the output need {needed} tokens, the context has {Shape.ContextLength}.");
        }
    }
}
