using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Models.Sampling;

/// <summary>Passes over all logits of a step in vector instructions. Per-lane arithmetic is the same at every width, and sums are taken block by block in a fixed order.</summary>
internal static unsafe class VocabularyScan
{
    /// <summary>Logits per block of <see cref="BlockSums"/>.</summary>
    public const int Block = 512;

    /// <summary>Finds the largest logit, the first of equal ones.</summary>
    /// <exception cref="InvalidLogitsException">A logit is NaN or plus infinity, or all are minus infinity.</exception>
    public static int Largest(ReadOnlySpan<float> logits)
    {
        Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
        Vector256<float> finite = Vector256<float>.AllBitsSet;
        Vector256<float> limit = Vector256.Create(float.PositiveInfinity);
        ref float start = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(logits);
        int id = 0;
        for (; id + 8 <= logits.Length; id += 8)
        {
            Vector256<float> values = Vector256.LoadUnsafe(ref start, (nuint)id);

            // False for NaN, too.
            finite &= Vector256.LessThan(values, limit);
            largest = Vector256.Max(largest, values);
        }

        bool valid = Vector256.EqualsAll(finite.AsInt32(), Vector256<int>.AllBitsSet);
        float best = float.NegativeInfinity;
        for (int lane = 0; lane < 8; lane++)
        {
            best = MathF.Max(best, largest[lane]);
        }

        for (; id < logits.Length; id++)
        {
            valid &= logits[id] < float.PositiveInfinity;
            best = MathF.Max(best, logits[id]);
        }

        if (!valid)
        {
            ThrowInvalid(logits);
        }

        return best > float.NegativeInfinity
            ? logits.IndexOf(best)
            : throw new InvalidLogitsException($"All {logits.Length} logits are minus infinity: every token is excluded.");
    }

    /// <summary>Writes Σ exp((logit − maximum) · factor) of every block.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="maximum">Largest logit.</param>
    /// <param name="factor">Inverse temperature.</param>
    /// <param name="sums">One per block.</param>
    /// <returns>Sum over all blocks.</returns>
    public static double BlockSums(ReadOnlySpan<float> logits, double maximum, double factor, Span<double> sums)
    {
        double total = 0;
        for (int block = 0; block * Block < logits.Length; block++)
        {
            ReadOnlySpan<float> part = logits[(block * Block)..Math.Min(logits.Length, (block + 1) * Block)];
            Vector512<double> lower = Vector512<double>.Zero;
            Vector512<double> upper = Vector512<double>.Zero;
            fixed (float* values = part)
            {
                int at = 0;
                for (; at + 16 <= part.Length; at += 16)
                {
                    Weights16(values + at, maximum, factor, out Vector512<double> first, out Vector512<double> second);
                    lower += first;
                    upper += second;
                }

                double sum = Vector512.Sum(lower + upper);
                for (; at < part.Length; at++)
                {
                    sum += Math.Exp((values[at] - maximum) * factor);
                }

                sums[block] = sum;
                total += sum;
            }
        }

        return total;
    }

    /// <summary>Finds the first id at which the cumulative weight passes a threshold.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="maximum">Largest logit.</param>
    /// <param name="factor">Inverse temperature.</param>
    /// <param name="sums">Sums of the blocks.</param>
    /// <param name="threshold">Weight to pass, below the sum of all.</param>
    /// <returns>The id; the last one of positive weight so far where rounding leaves none.</returns>
    public static int FirstBeyond(ReadOnlySpan<float> logits, double maximum, double factor, ReadOnlySpan<double> sums, double threshold)
    {
        double cumulative = 0;
        int last = 0;
        int blocks = (logits.Length + Block - 1) / Block;
        for (int block = 0; block < blocks; block++)
        {
            if (cumulative + sums[block] <= threshold && block < blocks - 1)
            {
                cumulative += sums[block];
                continue;
            }

            int end = Math.Min(logits.Length, (block + 1) * Block);
            for (int id = block * Block; id < end; id++)
            {
                double weight = Math.Exp((logits[id] - maximum) * factor);
                cumulative += weight;
                if (cumulative > threshold)
                {
                    return id;
                }

                last = weight > 0 ? id : last;
            }
        }

        return last;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Weights16(float* values, double maximum, double factor, out Vector512<double> lower, out Vector512<double> upper)
    {
        Vector512<float> loaded = Vector512.Load(values);
        Vector512<double> shift = Vector512.Create(maximum);
        Vector512<double> scale = Vector512.Create(factor);
        lower = Vector512.Exp((Vector512.WidenLower(loaded) - shift) * scale);
        upper = Vector512.Exp((Vector512.WidenUpper(loaded) - shift) * scale);
    }

    private static void ThrowInvalid(ReadOnlySpan<float> logits)
    {
        for (int id = 0; id < logits.Length; id++)
        {
            if (!(logits[id] < float.PositiveInfinity))
            {
                throw new InvalidLogitsException(
                    $"The logit of token {id} is {logits[id]}; the weights or inputs of the model hold values that are not finite. Check the checkpoint or lower the learning rate.");
            }
        }
    }
}
