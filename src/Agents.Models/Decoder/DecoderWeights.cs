using System.Collections.Immutable;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// All parameters of a decoder. Trained ones lie in one flat buffer, so that optimizers, norms and checkpoints see one array; the same type holds gradients
/// and optimizer moments. Of frozen ones (see <see cref="WeightStorage.AsStored"/>) only the vectors do, and each matrix exists once, in its packed form.
/// Layout and names are those of Hugging Face checkpoints (rotate-half RoPE).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class DecoderWeights<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Tensors start at multiples of this many elements, so each begins on a cache line.</summary>
    private const int Granule = 16;

    private readonly AlignedBuffer<T> _storage;

    /// <summary>Allocates zeroed parameters for a shape.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <exception cref="ArgumentException">The shape is invalid.</exception>
    public DecoderWeights(ModelShape shape)
        : this(shape, dense: true)
    {
    }

    /// <summary>Allocates zeroed parameters, or only the vectors of them.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="dense">Whether matrices lie in the flat buffer; otherwise a loader gives each its packed form.</param>
    internal DecoderWeights(ModelShape shape, bool dense)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Validate();
        Shape = shape;
        IsDense = dense;
        IReadOnlyList<TensorPlan> plan = TensorPlan.Of(shape);
        long total = 0;
        foreach ((_, int rows, int columns) in plan)
        {
            total += dense || rows == 1 ? Padded((long)rows * columns) : 0;
        }

        _storage = new AlignedBuffer<T>(total);
        var tensors = ImmutableArray.CreateBuilder<WeightTensor<T>>(plan.Count);
        long offset = 0;
        foreach ((string name, int rows, int columns) in plan)
        {
            bool inStorage = dense || rows == 1;
            tensors.Add(new WeightTensor<T>(name, rows, columns, inStorage ? offset : -1, inStorage ? _storage.Data + offset : null));
            offset += inStorage ? Padded((long)rows * columns) : 0;
        }

        Tensors = tensors.MoveToImmutable();
        ByName = Tensors.ToImmutableDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Embedding = ByName["model.embed_tokens.weight"];
        FinalNorm = ByName["model.norm.weight"];
        Head = shape.TiedEmbeddings ? Embedding : ByName["lm_head.weight"];
        Layers = [.. Enumerable.Range(0, shape.Layers.Length).Select(Layer)];
    }

    /// <summary>Gets architecture and sizes.</summary>
    public ModelShape Shape { get; }

    /// <summary>Gets the token embedding, [vocabulary, hidden].</summary>
    public WeightTensor<T> Embedding { get; }

    /// <summary>Gets the layers from input to output.</summary>
    public ImmutableArray<LayerWeights<T>> Layers { get; }

    /// <summary>Gets the last norm, [hidden].</summary>
    public WeightTensor<T> FinalNorm { get; }

    /// <summary>Gets the output head, [vocabulary, hidden]; the embedding itself when tied.</summary>
    public WeightTensor<T> Head { get; }

    /// <summary>Gets every tensor once, in canonical order: embedding, layers, final norm, untied head.</summary>
    public ImmutableArray<WeightTensor<T>> Tensors { get; }

    /// <summary>Gets the tensors by Hugging Face name.</summary>
    public ImmutableDictionary<string, WeightTensor<T>> ByName { get; }

    /// <summary>Gets whether all parameters lie in the flat array; false for frozen ones, where only vectors do.</summary>
    public bool IsDense { get; }

    /// <summary>Gets all parameters as one array; gaps between tensors are zero and stay zero.</summary>
    /// <exception cref="InvalidOperationException">The matrices are frozen.</exception>
    public T* Data => Flat().Data;

    /// <summary>Gets the length of the flat array, gaps included.</summary>
    public long Length => _storage.Length;

    /// <summary>Sets everything to zero (gradients before a step).</summary>
    /// <exception cref="InvalidOperationException">The matrices are frozen.</exception>
    public void Clear() => Flat().Clear();

    /// <summary>Copies all values of another set of the same shape.</summary>
    /// <param name="other">Source.</param>
    /// <exception cref="InvalidOperationException">The matrices of one of the two are frozen.</exception>
    public void CopyFrom(DecoderWeights<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Length != Length)
        {
            throw new ArgumentException($"The source has {other.Length} elements, the target {Length}: the shapes differ.", nameof(other));
        }

        Buffer.MemoryCopy(other.Data, Data, Length * sizeof(T), Length * sizeof(T));
    }

    /// <summary>Packs every dense matrix for repeated products, or packs again after the values changed. The embedding is packed only when it is the head.</summary>
    /// <param name="kernels">Kernels that will read the panels.</param>
    public void Pack(IMatrixKernels<T> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        foreach (WeightTensor<T> tensor in Tensors)
        {
            if (tensor.IsVector || !tensor.IsDense || (tensor == Embedding && Head != Embedding))
            {
                continue;
            }

            if (tensor.Packed is { } packed)
            {
                kernels.Repack(tensor.View, packed);
            }
            else
            {
                tensor.Packed = kernels.Pack(tensor.View);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightTensor<T> tensor in Tensors)
        {
            tensor.Dispose();
        }

        _storage.Dispose();
    }

    private AlignedBuffer<T> Flat() => IsDense
        ? _storage
        : throw new InvalidOperationException(
            $"The matrices are frozen in their stored types; load the model with {nameof(WeightStorage)}.{nameof(WeightStorage.Single)} or convert it with {nameof(SingleWeights.ToSingle)}.");

    private static long Padded(long length) => (length + Granule - 1) / Granule * Granule;

    private LayerWeights<T> Layer(int index)
    {
        string at = $"model.layers.{index}.";
        return new LayerWeights<T>
        {
            Shape = Shape.Layers[index],
            InputNorm = ByName[at + "input_layernorm.weight"],
            Query = ByName[at + "self_attn.q_proj.weight"],
            Key = ByName[at + "self_attn.k_proj.weight"],
            Value = ByName[at + "self_attn.v_proj.weight"],
            Output = ByName[at + "self_attn.o_proj.weight"],
            QueryBias = ByName.GetValueOrDefault(at + "self_attn.q_proj.bias"),
            KeyBias = ByName.GetValueOrDefault(at + "self_attn.k_proj.bias"),
            ValueBias = ByName.GetValueOrDefault(at + "self_attn.v_proj.bias"),
            QueryNorm = ByName.GetValueOrDefault(at + "self_attn.q_norm.weight"),
            KeyNorm = ByName.GetValueOrDefault(at + "self_attn.k_norm.weight"),
            PostNorm = ByName[at + "post_attention_layernorm.weight"],
            Gate = ByName[at + "mlp.gate_proj.weight"],
            Up = ByName[at + "mlp.up_proj.weight"],
            Down = ByName[at + "mlp.down_proj.weight"],
        };
    }
}
