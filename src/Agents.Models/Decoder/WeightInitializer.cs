using System.Numerics;

namespace Agents.Models.Decoder;

/// <summary>
/// Random start of a model (papers/00-model-architecture §6): matrices N(0, 0.02), output and down projections divided by sqrt(2 · layers), norms 1, biases 0.
/// Every row has its own random stream, so the values depend on the seed only, not on threads.
/// </summary>
public static unsafe class WeightInitializer
{
    /// <summary>Standard deviation of matrices.</summary>
    public const double Deviation = 0.02;

    /// <summary>Overwrites all parameters.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="weights">Parameters to fill.</param>
    /// <param name="stream">Random stream; equal streams give equal weights.</param>
    public static void Fill<T>(DecoderWeights<T> weights, SampleStream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(weights);
        double residual = Deviation / Math.Sqrt(2.0 * Math.Max(1, weights.Shape.Layers.Length));
        for (int index = 0; index < weights.Tensors.Length; index++)
        {
            WeightTensor<T> tensor = weights.Tensors[index];
            if (tensor.IsVector)
            {
                T value = tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? T.Zero : T.One;
                new Span<T>(tensor.Data, tensor.Columns).Fill(value);
                continue;
            }

            bool entersResidual = tensor.Name.EndsWith("o_proj.weight", StringComparison.Ordinal) || tensor.Name.EndsWith("down_proj.weight", StringComparison.Ordinal);
            double deviation = entersResidual ? residual : Deviation;
            SampleStream ofTensor = stream.Fork((ulong)index);
            Parallel.For(0, tensor.Rows, row => FillRow(tensor, row, ofTensor.Fork((ulong)row), deviation));
        }
    }

    private static void FillRow<T>(WeightTensor<T> tensor, int row, SampleStream stream, double deviation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* values = tensor.Data + ((long)row * tensor.Columns);
        for (int column = 0; column < tensor.Columns; column++)
        {
            values[column] = T.CreateTruncating(stream.NextNormal() * deviation);
        }
    }
}
