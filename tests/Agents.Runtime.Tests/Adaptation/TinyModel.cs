using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Runtime.Adaptation;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Adaptation;

/// <summary>The embedded model, loaded once for all tests of adaptation; quantized as it ships.</summary>
public sealed class TinyModel : IAsyncLifetime
{
    public DecoderModel Model { get; private set; } = null!;

    public AdaptableChatClient Client { get; private set; } = null!;

    public IAdaptationSource Source => Client.GetService<IAdaptationSource>()!;

    public IConversationEncoder Encoder => Client.GetService<IConversationEncoder>()!;

    public async ValueTask InitializeAsync()
    {
        string folder = Path.Combine(RepositoryFolder.Path, "src", "Agents.Models", "Tiny");
        string newest = Directory.EnumerateFiles(folder, "tiny-*.gguf").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).First();
        Model = await DecoderModel.LoadAsync(newest);
        Client = new AdaptableChatClient(Model);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        Model.Dispose();
        return ValueTask.CompletedTask;
    }

    public static AdaptationRequest Request(string question, string answer, ulong seed = 1) => new()
    {
        Conversations = [new AdaptationConversation([new ChatMessage(ChatRole.User, question)], new ChatMessage(ChatRole.Assistant, answer))],
        Seed = seed,
    };

    /// <summary>The log-probabilities of all tokens after a prompt: the logits up to a constant.</summary>
    public async Task<float[]> ProbeAsync(string question, params AdapterUse[] adapters)
    {
        int[][] every = [.. Enumerable.Range(0, Model.Shape.VocabularySize).Select(id => new[] { id })];
        IReadOnlyList<float[]> scores = await Model.ScoreAsync(
            new ScoreRequest(Encoder.EncodePrompt([new ChatMessage(ChatRole.User, question)]), every) { Adapters = adapters }, TestContext.Current.CancellationToken);
        return [.. scores.Select(score => score[0])];
    }

    /// <summary>SHA-256 over the memory of all weights as it is now; digests that were kept since loading do not count.</summary>
    public static unsafe string HashOf(DecoderWeights<float> weights)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            if (tensor.Quantized is { } quantized)
            {
                hash.AppendData(new ReadOnlySpan<byte>(quantized.Data, checked((int)quantized.Bytes)));
            }

            if (tensor.Packed is { } packed)
            {
                hash.AppendData(MemoryMarshal.AsBytes(packed.Panels.Span));
            }

            if (tensor.IsDense)
            {
                hash.AppendData(new ReadOnlySpan<byte>(tensor.Data, checked((int)(tensor.Length * sizeof(float)))));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
