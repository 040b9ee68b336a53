using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Training.Backward;

/// <summary>Backward pass of one decoder layer (papers/00-model-architecture §5), the mirror of <see cref="DecoderLayer.Forward"/>.</summary>
internal static unsafe class LayerBackward
{
    /// <summary>Adds the layer's parameter gradients and turns the gradient of its output into that of its input.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="weights">Parameters.</param>
    /// <param name="gradients">Parameter gradients, added to; null when the parameters are frozen.</param>
    /// <param name="frozen">Backward of the linear layers when the parameters are frozen; otherwise null.</param>
    /// <param name="positions">[rows].</param>
    /// <param name="cosSin">Rotary table.</param>
    /// <param name="plan">Segments of the forward pass.</param>
    /// <param name="x">Activations of the forward pass.</param>
    /// <param name="d">Workspace, bound to the layer.</param>
    /// <param name="dResidual">[rows, hidden]; gradient of the output in, of the input out.</param>
    public static void Run<T>(
        IKernels<T> kernels,
        LayerWeights<T> weights,
        LayerWeights<T>? gradients,
        ILinearBackward<T>? frozen,
        int* positions,
        MatrixView<T> cosSin,
        PackedAttentionPlan<T> plan,
        in LayerActivations<T> x,
        LayerGradients<T> d,
        MatrixView<T> dResidual)
        where T : unmanaged
    {
        FeedForward(kernels, weights, gradients, frozen, x, d, dResidual);

        Both(kernels, frozen, dResidual, weights.Output, x.AttentionOutput, gradients?.Output, d.AttentionOutput, accumulate: false);
        AttentionShape shape = new(weights.Shape.Heads, weights.Shape.KeyValueHeads, weights.Shape.HeadSize);
        kernels.AttendBackward(
            shape, x.Queries, x.Keys, x.Values, x.AttentionOutput, x.LogSumExp, plan.Segments, plan.SegmentCount, d.AttentionOutput, d.Queries, d.Keys, d.Values);
        kernels.Rope(d.Queries, shape.HeadSize, positions, cosSin, inverse: true);
        kernels.Rope(d.Keys, shape.HeadSize, positions, cosSin, inverse: true);
        if (weights.QueryNorm is not null)
        {
            HeadNorm(kernels, d.Queries, x.RawQueries, weights.QueryNorm, x.QueryInverseRms, gradients?.QueryNorm);
            HeadNorm(kernels, d.Keys, x.RawKeys, weights.KeyNorm!, x.KeyInverseRms, gradients?.KeyNorm);
        }

        if (gradients?.QueryBias is { } queryBias)
        {
            kernels.AddColumnSums(d.Queries, queryBias.Data);
            kernels.AddColumnSums(d.Keys, gradients.KeyBias!.Data);
            kernels.AddColumnSums(d.Values, gradients.ValueBias!.Data);
        }

        Projections(kernels, weights, gradients, frozen, x, d);
        kernels.RmsNormBackward(d.Normed, x.Input, weights.InputNorm.Data, x.InputInverseRms, dResidual, accumulate: true, DataOf(gradients?.InputNorm));
    }

    private static void FeedForward<T>(
        IKernels<T> kernels,
        LayerWeights<T> weights,
        LayerWeights<T>? gradients,
        ILinearBackward<T>? frozen,
        in LayerActivations<T> x,
        LayerGradients<T> d,
        MatrixView<T> dResidual)
        where T : unmanaged
    {
        Both(kernels, frozen, dResidual, weights.Down, x.Product, gradients?.Down, d.Up, accumulate: false);
        kernels.SwiGluBackward(d.Up, x.Gate, x.Up, d.Gate, d.Up);
        if (gradients is not null && AreJoined(weights.Gate, weights.Up))
        {
            int width = d.GateUp.Columns;
            Dense(kernels, d.GateUp, Joined(weights.Gate, width), x.FeedForwardInput, Joined(gradients.Gate, width), d.Normed, accumulate: false);
        }
        else
        {
            Both(kernels, frozen, d.Gate, weights.Gate, x.FeedForwardInput, gradients?.Gate, d.Normed, accumulate: false);
            Both(kernels, frozen, d.Up, weights.Up, x.FeedForwardInput, gradients?.Up, d.Normed, accumulate: true);
        }

        kernels.RmsNormBackward(d.Normed, x.AfterAttention, weights.PostNorm.Data, x.PostInverseRms, dResidual, accumulate: true, DataOf(gradients?.PostNorm));
    }

    private static void Projections<T>(
        IKernels<T> kernels, LayerWeights<T> weights, LayerWeights<T>? gradients, ILinearBackward<T>? frozen, in LayerActivations<T> x, LayerGradients<T> d)
        where T : unmanaged
    {
        int width = d.Projections.Columns;
        if (gradients is not null && width > 0 && AreJoined(weights.Query, weights.Key) && AreJoined(weights.Key, weights.Value))
        {
            Dense(kernels, d.Projections, Joined(weights.Query, width), x.AttentionInput, Joined(gradients.Query, width), d.Normed, accumulate: false);
            return;
        }

        Both(kernels, frozen, d.Queries, weights.Query, x.AttentionInput, gradients?.Query, d.Normed, accumulate: false);
        Both(kernels, frozen, d.Keys, weights.Key, x.AttentionInput, gradients?.Key, d.Normed, accumulate: true);
        Both(kernels, frozen, d.Values, weights.Value, x.AttentionInput, gradients?.Value, d.Normed, accumulate: true);
    }

    /// <summary>Backward of one linear layer, trained or frozen.</summary>
    private static void Both<T>(
        IKernels<T> kernels,
        ILinearBackward<T>? frozen,
        MatrixView<T> dOutput,
        WeightTensor<T> weight,
        MatrixView<T> input,
        WeightTensor<T>? dWeight,
        MatrixView<T> dInput,
        bool accumulate)
        where T : unmanaged
    {
        if (frozen is not null)
        {
            frozen.Run(weight, dOutput, input, dInput, accumulate);
        }
        else
        {
            Dense(kernels, dOutput, weight.View, input, dWeight!.View, dInput, accumulate);
        }
    }

    /// <summary>Backward of one trained layer: dX (+)= dY · W and dW += dYᵀ · X.</summary>
    private static void Dense<T>(
        IKernels<T> kernels, MatrixView<T> dOutput, MatrixView<T> weight, MatrixView<T> input, MatrixView<T> dWeight, MatrixView<T> dInput, bool accumulate)
        where T : unmanaged
    {
        kernels.Multiply(dOutput, weight, dInput, accumulate);
        kernels.TransposedMultiply(dOutput, input, dWeight, accumulate: true);
    }

    private static void HeadNorm<T>(IKernels<T> kernels, MatrixView<T> d, MatrixView<T> raw, WeightTensor<T> weight, T* inverseRms, WeightTensor<T>? gradient)
        where T : unmanaged
    {
        MatrixView<T> byHead = DecoderLayer.ByHead(d, weight.Columns);
        kernels.RmsNormBackward(byHead, DecoderLayer.ByHead(raw, weight.Columns), weight.Data, inverseRms, byHead, accumulate: false, DataOf(gradient));
    }

    private static T* DataOf<T>(WeightTensor<T>? gradient)
        where T : unmanaged => gradient is null ? null : gradient.Data;

    /// <summary>Whether the second matrix follows the first without a gap, so that both are one matrix with more outputs. Chains of fused multiply-adds make both ways equal in bits.</summary>
    private static bool AreJoined<T>(WeightTensor<T> first, WeightTensor<T> second)
        where T : unmanaged => second.Offset == first.Offset + first.Length;

    private static MatrixView<T> Joined<T>(WeightTensor<T> first, int outputs)
        where T : unmanaged => new(first.Data, outputs, first.Columns);
}
