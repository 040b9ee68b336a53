using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>The matrices that a merge changed, as they were before. Subtracting an adapter would not give their bits back; this does.</summary>
public sealed unsafe class MergedWeights : IDisposable
{
    private readonly DecoderWeights<float> _weights;
    private readonly List<(WeightTensor<float> Tensor, AlignedBuffer<float> Original)> _originals = [];

    internal MergedWeights(DecoderWeights<float> weights, LoraAdapter adapter)
    {
        _weights = weights;
        foreach (LoraMatrices factors in adapter.Matrices)
        {
            WeightTensor<float> tensor = weights.ByName[factors.Name];
            AlignedBuffer<float> original = new(tensor.Length, clear: false);
            Buffer.MemoryCopy(tensor.Data, original.Data, tensor.Length * sizeof(float), tensor.Length * sizeof(float));
            _originals.Add((tensor, original));
        }
    }

    /// <summary>Gets the bytes kept for the way back.</summary>
    public long Bytes => _originals.Sum(part => part.Original.Length * sizeof(float));

    /// <summary>Puts the original matrices back. Merges made later into the same matrices are undone with it.</summary>
    /// <exception cref="ObjectDisposedException">The originals are gone.</exception>
    public void Undo()
    {
        foreach ((WeightTensor<float> tensor, AlignedBuffer<float> original) in _originals)
        {
            Buffer.MemoryCopy(original.Data, tensor.Data, tensor.Length * sizeof(float), tensor.Length * sizeof(float));
        }

        GC.KeepAlive(_weights);
    }

    /// <summary>Forgets the originals; the merge stays.</summary>
    public void Dispose() => _originals.ForEach(part => part.Original.Dispose());
}
