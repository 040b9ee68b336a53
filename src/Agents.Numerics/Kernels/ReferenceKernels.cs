using System.Numerics;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Kernels;

/// <summary>
/// The documented arithmetic as plain scalar loops on one thread: what every other implementation is compared with. With <see cref="double"/> it serves
/// gradient checks; with <see cref="float"/> its matrix products, element-wise updates and norms have the bits of the vector kernels.
/// </summary>
/// <remarks>Reductions inside a row keep 16 interleaved lanes (element index mod 16) and fold them 16 → 8 → 4 → 2 → 1 by adding the upper half to the lower.</remarks>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe partial class ReferenceKernels<T> : IKernels<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Lanes = 16;

    /// <inheritdoc/>
    public IQuantizedKernels? Quantized { get; } = typeof(T) == typeof(float) ? new ReferenceQuantizedKernels() : null;

    /// <summary>Folds the lanes in halves: lane i takes lane i + 8, then i + 4, i + 2, i + 1.</summary>
    private static TSum Fold<TSum>(TSum* lanes)
        where TSum : unmanaged, INumberBase<TSum>
    {
        for (int half = Lanes / 2; half >= 1; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] += lanes[lane + half];
            }
        }

        return lanes[0];
    }

    /// <summary>Σ a·b over one row, in lanes.</summary>
    private static T LaneDot(T* a, T* b, int count)
    {
        T* lanes = stackalloc T[Lanes];
        new Span<T>(lanes, Lanes).Clear();
        for (int i = 0; i < count; i++)
        {
            lanes[i % Lanes] = T.FusedMultiplyAdd(a[i], b[i], lanes[i % Lanes]);
        }

        return Fold(lanes);
    }

    /// <summary>One chain of fused multiply-adds from the front.</summary>
    private static T Chain(T start, T* a, int strideA, T* b, int strideB, int count)
    {
        T sum = start;
        for (int i = 0; i < count; i++)
        {
            sum = T.FusedMultiplyAdd(a[(long)i * strideA], b[(long)i * strideB], sum);
        }

        return sum;
    }

    private static T Sigmoid(T z) => T.One / (T.One + T.Exp(-z));
}
