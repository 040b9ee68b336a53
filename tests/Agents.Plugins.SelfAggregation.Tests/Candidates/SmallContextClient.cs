using System.Runtime.CompilerServices;
using Agents.Models;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Candidates;

/// <summary>A chat client over a model with a small context: refuses prompts that do not fit, as a real one does. One token per character.</summary>
internal sealed class SmallContextClient(IChatClient inner, int contextLength) : DelegatingChatClient(inner), ILanguageModel
{
    public string Name => "small-1";

    public string GenerationId => "none";

    public ModelShape Shape { get; } = ModelShape.Uniform("llama", char.MaxValue + 1, 8, 1, new LayerShape(1, 1, 8, 8), contextLength);

    public ITokenizer Tokenizer => CharacterTokenizer.Instance;

    public LanguageModelCapabilities Capabilities => LanguageModelCapabilities.None;

    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireRoom(messages, options);
        return base.GetResponseAsync(messages, options, cancellationToken);
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        RequireRoom(messages, options);
        return base.GetStreamingResponseAsync(messages, options, cancellationToken);
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ILanguageModel) ? this : serviceType == typeof(IGroupSampler) ? null : base.GetService(serviceType, serviceKey);

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This model does not score.");

    private void RequireRoom(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        int needed = messages.Sum(message => message.Text.Length) + (options?.MaxOutputTokens ?? 0);
        if (needed > Shape.ContextLength)
        {
            throw new ArgumentException($"The prompt and the output need {needed} tokens, the context has {Shape.ContextLength}.");
        }
    }
}
