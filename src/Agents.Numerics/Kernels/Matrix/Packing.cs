using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* source, long stride, int depth, int count, float* target, int width)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 16 <= count; i += 16)
            {
                SixteenRows(source + (i * stride), stride, depth, target + i, width);
            }
        }

        if (Avx.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
            {
                EightRows(source + (i * stride), stride, depth, target + i, width);
            }
        }

        if (Sse.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
            {
                FourRows(source + (i * stride), stride, depth, target + i, width);
            }
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

    // 4×4 blocks are turned in registers by two rounds of interleaving; wider registers turn two or four blocks side by side, so that one
    // store writes the same step of k for 8 or 16 rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRows(float* source, long stride, int depth, float* target, int width)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            Vector128<float> x0 = Vector128.Load(source + k);
            Vector128<float> x1 = Vector128.Load(source + k + stride);
            Vector128<float> x2 = Vector128.Load(source + k + (2 * stride));
            Vector128<float> x3 = Vector128.Load(source + k + (3 * stride));
            Vector128<double> low01 = Sse.UnpackLow(x0, x1).AsDouble();
            Vector128<double> high01 = Sse.UnpackHigh(x0, x1).AsDouble();
            Vector128<double> low23 = Sse.UnpackLow(x2, x3).AsDouble();
            Vector128<double> high23 = Sse.UnpackHigh(x2, x3).AsDouble();
            Sse2.UnpackLow(low01, low23).AsSingle().Store(target);
            Sse2.UnpackHigh(low01, low23).AsSingle().Store(target + width);
            Sse2.UnpackLow(high01, high23).AsSingle().Store(target + (2 * width));
            Sse2.UnpackHigh(high01, high23).AsSingle().Store(target + (3 * width));
        }

        Rest(source, stride, k, depth, target, width, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightRows(float* source, long stride, int depth, float* target, int width)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            Vector256<float> x0 = Load8(source + k, stride);
            Vector256<float> x1 = Load8(source + k + stride, stride);
            Vector256<float> x2 = Load8(source + k + (2 * stride), stride);
            Vector256<float> x3 = Load8(source + k + (3 * stride), stride);
            Vector256<double> low01 = Avx.UnpackLow(x0, x1).AsDouble();
            Vector256<double> high01 = Avx.UnpackHigh(x0, x1).AsDouble();
            Vector256<double> low23 = Avx.UnpackLow(x2, x3).AsDouble();
            Vector256<double> high23 = Avx.UnpackHigh(x2, x3).AsDouble();
            Avx.UnpackLow(low01, low23).AsSingle().Store(target);
            Avx.UnpackHigh(low01, low23).AsSingle().Store(target + width);
            Avx.UnpackLow(high01, high23).AsSingle().Store(target + (2 * width));
            Avx.UnpackHigh(high01, high23).AsSingle().Store(target + (3 * width));
        }

        Rest(source, stride, k, depth, target, width, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenRows(float* source, long stride, int depth, float* target, int width)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4, target += 4 * width)
        {
            Vector512<float> x0 = Load16(source + k, stride);
            Vector512<float> x1 = Load16(source + k + stride, stride);
            Vector512<float> x2 = Load16(source + k + (2 * stride), stride);
            Vector512<float> x3 = Load16(source + k + (3 * stride), stride);
            Vector512<double> low01 = Avx512F.UnpackLow(x0, x1).AsDouble();
            Vector512<double> high01 = Avx512F.UnpackHigh(x0, x1).AsDouble();
            Vector512<double> low23 = Avx512F.UnpackLow(x2, x3).AsDouble();
            Vector512<double> high23 = Avx512F.UnpackHigh(x2, x3).AsDouble();
            Avx512F.UnpackLow(low01, low23).AsSingle().Store(target);
            Avx512F.UnpackHigh(low01, low23).AsSingle().Store(target + width);
            Avx512F.UnpackLow(high01, high23).AsSingle().Store(target + (2 * width));
            Avx512F.UnpackHigh(high01, high23).AsSingle().Store(target + (3 * width));
        }

        Rest(source, stride, k, depth, target, width, 16);
    }

    private static void Rest(float* source, long stride, int k, int depth, float* target, int width, int rows)
    {
        for (; k < depth; k++, target += width)
        {
            for (int i = 0; i < rows; i++)
            {
                target[i] = source[(i * stride) + k];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load8(float* source, long stride) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (4 * stride)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load16(float* source, long stride) =>
        Vector512.Create(Load8(source, stride), Load8(source + (8 * stride), stride));
}
