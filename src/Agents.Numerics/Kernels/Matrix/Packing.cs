using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Copies blocks of the operands into strips and panels, so that the inner loop reads both from front to back.</summary>
internal static unsafe class Packing
{
    /// <summary>Packs consecutive columns of a row-major matrix: target[k, i] = source[k, i], zeros for i ≥ count.</summary>
    /// <param name="source">First element.</param>
    /// <param name="stride">Elements between rows of the source.</param>
    /// <param name="depth">Number of rows of the source.</param>
    /// <param name="count">Columns to copy, 1 … <paramref name="width"/>.</param>
    /// <param name="target">[depth, width].</param>
    /// <param name="width">12 or 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(float* source, long stride, int depth, int count, float* target, int width)
    {
        for (int k = 0; k < depth; k++, source += stride, target += width)
        {
            int i = 0;
            for (; i + 4 <= count; i += 4)
            {
                Vector128.Load(source + i).Store(target + i);
            }

            for (; i < count; i++)
            {
                target[i] = source[i];
            }

            for (; i < width; i++)
            {
                target[i] = 0;
            }
        }
    }

    /// <summary>Packs consecutive rows of a row-major matrix, transposed: target[k, i] = source[i, k], zeros for i ≥ count.</summary>
    /// <param name="source">First element.</param>
    /// <param name="stride">Elements between rows of the source.</param>
    /// <param name="depth">Columns of the source.</param>
    /// <param name="count">Rows to copy, 1 … <paramref name="width"/>.</param>
    /// <param name="target">[depth, width].</param>
    /// <param name="width">12 or 32; a multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* source, long stride, int depth, int count, float* target, int width)
    {
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            FourRows(source + (i * stride), stride, depth, target + i, width);
        }

        for (; i < count; i++)
        {
            float* row = source + (i * stride);
            for (int k = 0; k < depth; k++)
            {
                target[((long)k * width) + i] = row[k];
            }
        }

        for (; i < width; i++)
        {
            for (int k = 0; k < depth; k++)
            {
                target[((long)k * width) + i] = 0;
            }
        }
    }

    /// <summary>Packs one panel (or strip) of an operand.</summary>
    /// <param name="source">The operand.</param>
    /// <param name="transposed">Whether the packed index runs over rows of the source (true) or over its columns.</param>
    /// <param name="first">First packed index.</param>
    /// <param name="count">Number of packed indices.</param>
    /// <param name="firstK">First step of k.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="target">[depth, width].</param>
    /// <param name="width">12 or 32.</param>
    public static void Block(MatrixView<float> source, bool transposed, int first, int count, int firstK, int depth, float* target, int width)
    {
        if (transposed)
        {
            Rows(source.Row(first) + firstK, source.Stride, depth, count, target, width);
        }
        else
        {
            Columns(source.Row(firstK) + first, source.Stride, depth, count, target, width);
        }
    }

    // 4×4 blocks are turned in registers: two rounds of interleaving.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRows(float* source, long stride, int depth, float* target, int width)
    {
        float* r0 = source;
        float* r1 = r0 + stride;
        float* r2 = r1 + stride;
        float* r3 = r2 + stride;
        int k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            Vector128<float> x0 = Vector128.Load(r0 + k);
            Vector128<float> x1 = Vector128.Load(r1 + k);
            Vector128<float> x2 = Vector128.Load(r2 + k);
            Vector128<float> x3 = Vector128.Load(r3 + k);
            Vector128<double> low01 = InterleaveLow(x0, x1).AsDouble();
            Vector128<double> high01 = InterleaveHigh(x0, x1).AsDouble();
            Vector128<double> low23 = InterleaveLow(x2, x3).AsDouble();
            Vector128<double> high23 = InterleaveHigh(x2, x3).AsDouble();
            Vector128.Create(low01.GetLower(), low23.GetLower()).AsSingle().Store(target);
            Vector128.Create(low01.GetUpper(), low23.GetUpper()).AsSingle().Store(target + width);
            Vector128.Create(high01.GetLower(), high23.GetLower()).AsSingle().Store(target + (2 * width));
            Vector128.Create(high01.GetUpper(), high23.GetUpper()).AsSingle().Store(target + (3 * width));
        }

        for (; k < depth; k++, target += width)
        {
            target[0] = r0[k];
            target[1] = r1[k];
            target[2] = r2[k];
            target[3] = r3[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> x, Vector128<float> y) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported
            ? System.Runtime.Intrinsics.X86.Sse.UnpackLow(x, y)
            : Vector128.Create(x.GetElement(0), y.GetElement(0), x.GetElement(1), y.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> x, Vector128<float> y) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported
            ? System.Runtime.Intrinsics.X86.Sse.UnpackHigh(x, y)
            : Vector128.Create(x.GetElement(2), y.GetElement(2), x.GetElement(3), y.GetElement(3));
}
