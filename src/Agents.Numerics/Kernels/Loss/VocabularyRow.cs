using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Loss;

/// <summary>Maximum and exponential sums of one row of logits, in 16 lanes of doubles.</summary>
internal static unsafe class VocabularyRow
{
    /// <summary>The exact maximum; −∞ for an empty row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Maximum<TLanes>(float* logits, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes maximum = TLanes.Broadcast(float.NegativeInfinity);
        int column = 0;
        for (; column + 16 <= count; column += 16)
        {
            maximum = TLanes.Max(maximum, TLanes.Load(logits + column));
        }

        float largest = TLanes.Largest(maximum);
        for (; column < count; column++)
        {
            largest = MathF.Max(largest, logits[column]);
        }

        return largest;
    }

    /// <summary>Σ e^x and Σ e^x·x with x = (logit − maximum) · inverse temperature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sums<TDoubles>(float* logits, int count, double maximum, double inverseTemperature, out double moment)
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        TDoubles zero = TDoubles.Broadcast(0);
        TDoubles sumLower = zero;
        TDoubles sumUpper = zero;
        TDoubles momentLower = zero;
        TDoubles momentUpper = zero;
        float* last = stackalloc float[16];
        for (int column = 0; column < count; column += 16)
        {
            float* source = logits + column;
            if (column + 16 > count)
            {
                // The lanes behind the end get weight 0.
                new Span<float>(last, 16).Fill(float.NegativeInfinity);
                new ReadOnlySpan<float>(source, count - column).CopyTo(new Span<float>(last, 16));
                source = last;
            }

            Accumulate(source, maximum, inverseTemperature, ref sumLower, ref momentLower);
            Accumulate(source + 8, maximum, inverseTemperature, ref sumUpper, ref momentUpper);
        }

        moment = TDoubles.Fold(momentLower + momentUpper);
        return TDoubles.Fold(sumLower + sumUpper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TDoubles>(float* source, double maximum, double inverseTemperature, ref TDoubles sum, ref TDoubles moment)
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        TDoubles distance = (TDoubles.Widen(source) - TDoubles.Broadcast(maximum)) * TDoubles.Broadcast(inverseTemperature);
        TDoubles weight = Exponential.OfDouble(distance);
        sum += weight;

        // A logit of −∞ has weight 0 and an infinite distance: its moment is 0, not NaN.
        TDoubles finite = TDoubles.SelectLess(distance, TDoubles.Broadcast(-1e300), TDoubles.Broadcast(0), distance);
        moment = TDoubles.MultiplyAdd(weight, finite, moment);
    }
}
