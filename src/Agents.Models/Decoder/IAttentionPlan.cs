using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>Decides which keys the rows of a batch see: the rows of a KV cache (inference) or the rows of the batch itself (training).</summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IAttentionPlan<T>
    where T : unmanaged
{
    /// <summary>Stores the new keys and values of a layer, then attends with the queries of all rows.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="shape">Head layout of the layer.</param>
    /// <param name="activations">Queries, keys and values are filled; the attention output (and log-sum-exp, when present) is written.</param>
    void Attend(IKernels<T> kernels, int layer, AttentionShape shape, ref LayerActivations<T> activations);
}
