using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>What the rows of a tile know of some keys: maximum score, sum of exponentials, weighted values.</summary>
/// <param name="memory">[<see cref="Length"/>].</param>
/// <param name="size">Head size.</param>
internal readonly unsafe struct RowSums(float* memory, int size)
{
    /// <summary>Largest score per row, or −∞ when it saw nothing.</summary>
    public readonly float* Maxima = memory;

    /// <summary>Sum of exponentials per row.</summary>
    public readonly float* Sums = memory + AttentionTile.MaximumRows;

    /// <summary>Weighted values, [rows, size].</summary>
    public readonly float* Values = memory + (2 * AttentionTile.MaximumRows);

    private readonly int _size = size;

    /// <summary>Floats of one instance, a multiple of 16.</summary>
    /// <param name="size">Head size.</param>
    public static long Length(int size) => AttentionTile.MaximumRows * (2L + size);

    /// <summary>Adds what the rows know of later keys.</summary>
    public void Join<TLanes>(in RowSums later, int rows)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < rows; row++)
        {
            // A range that shows nothing to a row has weight 0 and changes no bits.
            float joined = MathF.Max(Maxima[row], later.Maxima[row]);
            if (float.IsNegativeInfinity(later.Maxima[row]))
            {
                continue;
            }

            float old = Exponential.Of(Maxima[row] - joined);
            float added = Exponential.Of(later.Maxima[row] - joined);
            Maxima[row] = joined;
            Sums[row] = MathF.FusedMultiplyAdd(later.Sums[row], added, Sums[row] * old);
            Join<TLanes>(Values + (row * _size), later.Values + (row * _size), old, added);
        }
    }

    /// <summary>Writes the output of a row; zeros when it saw nothing.</summary>
    public void Divide<TLanes>(int row, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float sum = Sums[row];
        if (sum == 0)
        {
            new Span<float>(target, _size).Clear();
            return;
        }

        // Adding zero turns -0 into +0, so a key of weight 0 leaves the same bits as a key that is not there.
        float* source = Values + (row * _size);
        int c = 0;
        TLanes divisor = TLanes.Broadcast(sum);
        for (; c + 16 <= _size; c += 16)
        {
            TLanes.Store((TLanes.Load(source + c) / divisor) + TLanes.Broadcast(0f), target + c);
        }

        for (; c < _size; c++)
        {
            target[c] = (source[c] / sum) + 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join<TLanes>(float* values, float* later, float old, float added)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int c = 0;
        TLanes oldLanes = TLanes.Broadcast(old);
        TLanes addedLanes = TLanes.Broadcast(added);
        for (; c + 16 <= _size; c += 16)
        {
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(later + c), addedLanes, TLanes.Load(values + c) * oldLanes), values + c);
        }

        for (; c < _size; c++)
        {
            values[c] = MathF.FusedMultiplyAdd(later[c], added, values[c] * old);
        }
    }
}
