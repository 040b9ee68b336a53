using System.Runtime.CompilerServices;
using Agents.Models;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests;

/// <summary>A scripted model "in this process": scores continuations and makes adapters as it is told, and answers otherwise under an adapter. One token per character.</summary>
internal sealed class LocalScript(IChatClient inner) : DelegatingChatClient(inner), ILanguageModel, IConversationEncoder, IAdaptationSource
{
    private readonly HashSet<string> _alive = [];
    private readonly Lock _gate = new();
    private int _made;

    /// <summary>Log-probability of a continuation by its end.</summary>
    public Func<string, double> Score { get; init; } = _ => -1;

    /// <summary>The answer under an adapter.</summary>
    public Func<string> UnderAdapter { get; init; } = () => "Answer: adapted";

    /// <summary>What happens before an adapter is made.</summary>
    public Func<CancellationToken, Task> Training { get; init; } = _ => Task.CompletedTask;

    /// <summary>Adapters that are served, and live as long as the model.</summary>
    public IReadOnlyList<string> Served { get; init; } = [];

    /// <summary>Adapters that the role of this client is bound to.</summary>
    public IReadOnlyList<AdapterUse>? Bound { get; init; }

    /// <summary>Adapters that candidates were scored with.</summary>
    public List<IReadOnlyList<AdapterUse>> Scored { get; } = [];

    public List<AdaptationRequest> Requests { get; } = [];

    public List<IReadOnlyList<AdapterUse>> Used { get; } = [];

    public int Alive => _alive.Count;

    public string Name => "scripted-1";

    public string GenerationId => "none";

    public ModelShape Shape { get; } = ModelShape.Uniform("llama", char.MaxValue + 1, 8, 1, new LayerShape(1, 1, 8, 8), 4096);

    public ITokenizer Tokenizer => CharacterTokenizer.Instance;

    public LanguageModelCapabilities Capabilities { get; init; } = LanguageModelCapabilities.Scoring | LanguageModelCapabilities.Adapters;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Adapters, out object? value) != true)
        {
            return await base.GetResponseAsync(messages, options, cancellationToken);
        }

        IReadOnlyList<AdapterUse> uses = value is string id ? [new AdapterUse(id)] : (IReadOnlyList<AdapterUse>)value!;
        lock (_gate)
        {
            Used.Add(uses);
            Assert.All(uses, use => Assert.Contains(use.Id, _alive.Concat(Served)));
        }

        // Under served adapters alone it speaks as it would without any.
        if (uses.All(use => Served.Contains(use.Id)))
        {
            return await base.GetResponseAsync(messages, options, cancellationToken);
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, UnderAdapter()));
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(IGroupSampler) ? null : serviceType == typeof(IReadOnlyList<AdapterUse>) ? Bound : serviceType.IsInstanceOfType(this) ? this : base.GetService(serviceType, serviceKey);

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        Scored.Add(request.Adapters);
        return ValueTask.FromResult<IReadOnlyList<float[]>>([.. request.Continuations.Select(ids =>
        {
            var values = new float[ids.Count];
            values[^1] = (float)Score(Tokenizer.Decode([.. ids]));
            return values;
        })]);
    }

    public IReadOnlyList<int> EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) => Tokenizer.Encode(string.Join('\n', messages.Select(message => message.Text)));

    public EncodedConversation EncodeTarget(IReadOnlyList<ChatMessage> messages, ChatMessage target, ChatOptions? options = null) => new(EncodePrompt(messages), Tokenizer.Encode(target.Text));

    public async ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default)
    {
        await Training(cancellationToken);
        lock (_gate)
        {
            Requests.Add(request);
            string id = $"temporary-{++_made}";
            _alive.Add(id);
            return new Adapter(this, new AdapterUse(id));
        }
    }

    private sealed class Adapter(LocalScript owner, AdapterUse use) : ITemporaryAdapter
    {
        public AdapterUse Use => use;

        public IReadOnlyList<double> Losses => [0.5, 0.25];

        public int Steps => 2;

        public double Seconds => 0;

        public ValueTask DisposeAsync()
        {
            lock (owner._gate)
            {
                owner._alive.Remove(use.Id);
            }

            return ValueTask.CompletedTask;
        }
    }
}
