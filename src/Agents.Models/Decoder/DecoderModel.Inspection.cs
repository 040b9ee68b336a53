using System.Collections.Immutable;
using Agents.Models.Generation;
using Agents.Models.Inspection;

namespace Agents.Models.Decoder;

/// <content>Looks inside: embeddings, and the residual stream at chosen places. Runs beside the requests that are being served.</content>
public sealed partial class DecoderModel : ITokenEmbedder
{
    /// <inheritdoc/>
    public int EmbeddingSize => Shape.HiddenSize;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<float[]>> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = 0; i < request.Sequences.Count; i++)
        {
            RequireSequence(request.Sequences[i], $"Sequence {i}", nameof(request));
        }

        if (request.Sequences.Count == 0)
        {
            return [];
        }

        VectorPooling pooling = new(request, EmbeddingSize);
        await Task.Run(
            () =>
            {
                using SequenceRun run = new(_weights, _kernels, request.Sequences.Max(sequence => sequence.Count), request.Sequences.Sum(sequence => (long)sequence.Count));
                run.Run(request.Sequences, pooling.Add, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
        return pooling.Vectors();
    }

    /// <summary>Reads the residual stream of one sequence.</summary>
    /// <param name="request">Sequence, layers and positions.</param>
    /// <param name="cancellationToken">Honoured between batches of 256 rows.</param>
    /// <exception cref="ArgumentException">The sequence is empty, too long or has ids outside the vocabulary, or a layer or position does not exist.</exception>
    public async ValueTask<ActivationRecord> ReadActivationsAsync(ActivationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImmutableArray<int> positions = request.Positions is null ? [.. Enumerable.Range(0, request.TokenIds.Count)] : [.. request.Positions];
        for (int i = 0; i < positions.Length; i++)
        {
            if ((uint)positions[i] >= (uint)request.TokenIds.Count || (i > 0 && positions[i] <= positions[i - 1]))
            {
                throw new ArgumentException($"Position {positions[i]} at {i} is wrong; expected ascending positions from 0 to {request.TokenIds.Count - 1}.", nameof(request));
            }
        }

        foreach (int layer in request.Layers)
        {
            if (layer < -1 || layer >= Shape.Layers.Length)
            {
                throw new ArgumentException($"Layer {layer} does not exist; expected -1 (the embedded input) to {Shape.Layers.Length - 1}.", nameof(request));
            }
        }

        ActivationRecord record = new([.. request.Layers], positions, Shape.HiddenSize);
        await RunTappedAsync(request.TokenIds, new ActivationReader(record), cancellationToken).ConfigureAwait(false);
        return record;
    }

    /// <summary>Runs one sequence through the layers and shows the residual stream to a tap, which may also change it.</summary>
    /// <param name="tokenIds">The sequence, at least one token.</param>
    /// <param name="tap">Called on another thread, layer by layer, in batches of at most 256 positions.</param>
    /// <param name="cancellationToken">Honoured between batches.</param>
    /// <exception cref="ArgumentException">The sequence is empty, too long or has ids outside the vocabulary.</exception>
    public async ValueTask RunTappedAsync(IReadOnlyList<int> tokenIds, IResidualTap<float> tap, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(tap);
        ObjectDisposedException.ThrowIf(_disposed, this);
        RequireSequence(tokenIds, "The sequence", nameof(tokenIds));
        await Task.Run(
            () =>
            {
                using SequenceRun run = new(_weights, _kernels, tokenIds.Count, tokenIds.Count) { Tap = tap };
                run.Run([tokenIds], null, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private void RequireSequence(IReadOnlyList<int> tokenIds, string what, string argument)
    {
        if (tokenIds.Count == 0 || tokenIds.Count > Shape.ContextLength)
        {
            throw new ArgumentException($"{what} has {tokenIds.Count} tokens; expected 1 to {Shape.ContextLength}.", argument);
        }

        GenerationRequestRules.RequireIds(tokenIds, Shape, what, argument);
    }
}
