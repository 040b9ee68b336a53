using Agents.Models;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Benchmarks.Strategies;

/// <summary>A client as a model in this process that takes no time: it prefers the first of several continuations by a given distance, and its adapters are there already. One token per character.</summary>
/// <param name="inner">The client that answers.</param>
/// <param name="distance">How much the first continuation is preferred to all others, in nats.</param>
internal sealed class InstantLocalModel(IChatClient inner, float distance) : DelegatingChatClient(inner), ILanguageModel, IConversationEncoder, IAdaptationSource
{
    private static readonly int[] Prompt = [1, 2, 3];
    private static readonly InstantAdapter Adapter = new();
    private float[][] _scores = [];

    /// <inheritdoc/>
    public string Name => "instant";

    /// <inheritdoc/>
    public string GenerationId => "none";

    /// <inheritdoc/>
    public ModelShape Shape { get; } = ModelShape.Uniform("llama", char.MaxValue + 1, 8, 1, new LayerShape(1, 1, 8, 8), 4096);

    /// <inheritdoc/>
    public ITokenizer Tokenizer { get; } = new InstantTokenizer();

    /// <inheritdoc/>
    public LanguageModelCapabilities Capabilities => LanguageModelCapabilities.Scoring | LanguageModelCapabilities.Adapters;

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException("It answers as a chat client only.");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        // Scores are the model's: made once, as every request asks for the same.
        float[][] scores = Volatile.Read(ref _scores);
        if (scores.Length != request.Continuations.Count)
        {
            scores = [.. request.Continuations.Select(ids => new float[ids.Count])];
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i][^1] = i == 0 ? -.01f : -.01f - distance;
            }

            Volatile.Write(ref _scores, scores);
        }

        (InnerClient as InstantChatClient)?.AddTokens(scores.Sum(ids => ids.Length));
        return ValueTask.FromResult<IReadOnlyList<float[]>>(scores);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) => Prompt;

    /// <inheritdoc/>
    public EncodedConversation EncodeTarget(IReadOnlyList<ChatMessage> messages, ChatMessage target, ChatOptions? options = null) => new(Prompt, Prompt);

    /// <inheritdoc/>
    public ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult<ITemporaryAdapter>(Adapter);

    private sealed class InstantAdapter : ITemporaryAdapter
    {
        public AdapterUse Use { get; } = new("temporary");

        public IReadOnlyList<double> Losses { get; } = [.9, .7, .5, .4, .3];

        public int Steps => 5;

        public double Seconds => 0;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
