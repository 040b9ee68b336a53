using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>Forward pass of one decoder layer (papers/00-model-architecture §2). Serving and training call this same code, so their log-probabilities agree bit for bit.</summary>
public static unsafe class DecoderLayer
{
    /// <summary>Computes one layer for all rows of a batch.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="linear">Runs the linear layers; holds the kernels to use.</param>
    /// <param name="weights">Weights of the layer.</param>
    /// <param name="epsilon">Epsilon of the norms.</param>
    /// <param name="index">Index of the layer.</param>
    /// <param name="positions">[rows], position of each row.</param>
    /// <param name="cosSin">Rotary table [positions, head size].</param>
    /// <param name="plan">Which keys each row sees.</param>
    /// <param name="x">Buffers; <see cref="LayerActivations{T}.Input"/> is filled, the rest is written.</param>
    /// <param name="known">Whether <see cref="LayerActivations{T}.Output"/> is filled as well (a backward pass that computes activations again); then it is left alone, which saves the down projection.</param>
    public static void Forward<T>(
        LinearRunner<T> linear,
        LayerWeights<T> weights,
        T epsilon,
        int index,
        int* positions,
        MatrixView<T> cosSin,
        IAttentionPlan<T> plan,
        ref LayerActivations<T> x,
        bool known = false)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(linear);
        ArgumentNullException.ThrowIfNull(weights);
        LayerShape shape = weights.Shape;
        IKernels<T> kernels = linear.Kernels;
        bool normed = weights.QueryNorm is not null;
        linear.NormMultiply(
            x.Input,
            weights.InputNorm,
            epsilon,
            x.AttentionInput,
            x.InputInverseRms,
            [
                new(weights.Query, weights.QueryBias, normed ? x.RawQueries : x.Queries),
                new(weights.Key, weights.KeyBias, normed ? x.RawKeys : x.Keys),
                new(weights.Value, weights.ValueBias, x.Values),
            ]);
        if (normed)
        {
            kernels.RmsNorm(ByHead(x.RawQueries, shape.HeadSize), weights.QueryNorm!.Data, epsilon, ByHead(x.Queries, shape.HeadSize), x.QueryInverseRms);
            kernels.RmsNorm(ByHead(x.RawKeys, shape.HeadSize), weights.KeyNorm!.Data, epsilon, ByHead(x.Keys, shape.HeadSize), x.KeyInverseRms);
        }

        kernels.Rope(x.Queries, shape.HeadSize, positions, cosSin, inverse: false);
        kernels.Rope(x.Keys, shape.HeadSize, positions, cosSin, inverse: false);
        plan.Attend(kernels, index, new AttentionShape(shape.Heads, shape.KeyValueHeads, shape.HeadSize), ref x);

        linear.Multiply(x.AttentionOutput, [new(weights.Output, null, x.FeedForwardInput)]);
        AddInto(kernels, x.Input, x.FeedForwardInput, x.AfterAttention);
        linear.NormMultiply(
            x.AfterAttention, weights.PostNorm, epsilon, x.FeedForwardInput, x.PostInverseRms, [new(weights.Gate, null, x.Gate), new(weights.Up, null, x.Up)]);
        kernels.SwiGlu(x.Gate, x.Up, x.Product);
        if (known)
        {
            return;
        }

        // The normed rows are no longer needed by the forward pass, but the backward pass reads them; the down projection lands in the attention input's place only when nothing is kept.
        MatrixView<T> down = x.Output.Data == x.AfterAttention.Data ? x.AttentionInput : x.Output;
        linear.Multiply(x.Product, [new(weights.Down, null, down)]);
        AddInto(kernels, x.AfterAttention, down, x.Output);
    }

    /// <summary>Views rows of several heads as one row per head.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="x">[rows, heads · head size], dense.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <returns>[rows · heads, head size].</returns>
    public static MatrixView<T> ByHead<T>(MatrixView<T> x, int headSize)
        where T : unmanaged => new(x.Data, x.Rows * (x.Columns / headSize), headSize);

    private static void AddInto<T>(IKernels<T> kernels, MatrixView<T> residual, MatrixView<T> branch, MatrixView<T> result)
        where T : unmanaged
    {
        if (result.Data == residual.Data)
        {
            kernels.Add(branch, result);
            return;
        }

        if (result.Data != branch.Data)
        {
            Copy(branch, result);
        }

        kernels.Add(residual, result);
    }

    private static void Copy<T>(MatrixView<T> source, MatrixView<T> target)
        where T : unmanaged
    {
        for (int r = 0; r < source.Rows; r++)
        {
            Buffer.MemoryCopy(source.Row(r), target.Row(r), (long)target.Columns * sizeof(T), (long)source.Columns * sizeof(T));
        }
    }
}
