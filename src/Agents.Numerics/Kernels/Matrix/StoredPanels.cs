using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>
/// Decodes frozen weights [outputs, inputs] straight into panels of b for dX = dY · W, so that no float copy of a weight exists outside the caches. The values
/// are those that decoding whole rows gives, bit for bit.
/// </summary>
internal static unsafe class StoredPanels
{
    private const int Lanes = PanelFormat.Rows;

    /// <summary>Elements of a Q8_0 block: as many as a panel has columns.</summary>
    private const int Block = 32;

    /// <summary>Bytes that 16 rows of a block take.</summary>
    private const int BlockBytes = Block * Lanes;

    /// <summary>Returns whether a type can be decoded here.</summary>
    /// <param name="type">Type of a stored matrix.</param>
    public static bool Supports(ElementType type) => type == ElementType.Q8_0;

    /// <summary>Decodes one panel: target[k, i] = W[firstRow + k, firstColumn + i].</summary>
    /// <param name="weight">A matrix of a supported type.</param>
    /// <param name="firstColumn">First input, a multiple of 32.</param>
    /// <param name="firstRow">First output.</param>
    /// <param name="depth">Outputs.</param>
    /// <param name="target">[depth, 32].</param>
    public static void Decode(QuantizedMatrix weight, int firstColumn, int firstRow, int depth, float* target)
    {
        float* beside = stackalloc float[BlockBytes];
        int block = firstColumn / Block;
        for (int k = 0; k < depth;)
        {
            int panel = (firstRow + k) / Lanes;
            int lane = (firstRow + k) % Lanes;
            int rows = Math.Min(Lanes - lane, depth - k);
            byte* codes = weight.Area(panel, 1) + ((long)block * BlockBytes);
            ushort* scales = (ushort*)weight.Area(panel, 0) + ((long)block * Lanes);
            if (rows == Lanes)
            {
                SixteenRows(codes, scales, target + ((long)k * Block));
            }
            else
            {
                SixteenRows(codes, scales, beside);
                Unsafe.CopyBlockUnaligned(target + ((long)k * Block), beside + (lane * Block), (uint)(rows * Block * sizeof(float)));
            }

            k += rows;
        }

        GC.KeepAlive(weight);
    }

    /// <summary>Copies one panel of b out of panels over outputs, turning 32 × 32 blocks: target[k, i] = W[firstRow + k, firstColumn + i].</summary>
    /// <param name="panels">[panel, inputs, 32 outputs].</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="firstColumn">First input.</param>
    /// <param name="count">Inputs, 1 … 32.</param>
    /// <param name="firstRow">First output.</param>
    /// <param name="depth">Outputs.</param>
    /// <param name="target">[depth, 32].</param>
    public static void Turn(float* panels, int inputs, int firstColumn, int count, int firstRow, int depth, float* target)
    {
        for (int k = 0; k < depth;)
        {
            int row = firstRow + k;
            int lane = row % PanelLayout.Width;
            int rows = Math.Min(PanelLayout.Width - lane, depth - k);
            float* source = panels + ((long)(row - lane) * inputs) + ((long)firstColumn * PanelLayout.Width) + lane;
            Packing.Rows(source, PanelLayout.Width, rows, count, target + ((long)k * PanelLayout.Width), PanelLayout.Width);
            k += rows;
        }
    }

    // Codes lie as [8, 16 rows, 4]: two rounds of interleaving turn four rows of eight pieces into 32 neighbours each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixteenRows(byte* codes, ushort* scales, float* target)
    {
        if (!Sse2.IsSupported)
        {
            OneByOne(codes, scales, target);
            return;
        }

        Vector128<sbyte> flip = Vector128.Create((byte)0x80).AsSByte();
        for (int row = 0; row < Lanes; row += 4, codes += 16, target += 4 * Block)
        {
            Quarter(codes, out Vector128<sbyte> x0, out Vector128<sbyte> x1, out Vector128<sbyte> x2, out Vector128<sbyte> x3);
            Quarter(codes + (4 * 64), out Vector128<sbyte> y0, out Vector128<sbyte> y1, out Vector128<sbyte> y2, out Vector128<sbyte> y3);
            Store(x0 ^ flip, y0 ^ flip, scales[row], target);
            Store(x1 ^ flip, y1 ^ flip, scales[row + 1], target + Block);
            Store(x2 ^ flip, y2 ^ flip, scales[row + 2], target + (2 * Block));
            Store(x3 ^ flip, y3 ^ flip, scales[row + 3], target + (3 * Block));
        }
    }

    /// <summary>Turns 4 × 4 pieces of four codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(byte* codes, out Vector128<sbyte> x0, out Vector128<sbyte> x1, out Vector128<sbyte> x2, out Vector128<sbyte> x3)
    {
        Vector128<int> p0 = Vector128.Load((int*)codes);
        Vector128<int> p1 = Vector128.Load((int*)(codes + 64));
        Vector128<int> p2 = Vector128.Load((int*)(codes + 128));
        Vector128<int> p3 = Vector128.Load((int*)(codes + 192));
        Vector128<long> low01 = Sse2.UnpackLow(p0, p1).AsInt64();
        Vector128<long> high01 = Sse2.UnpackHigh(p0, p1).AsInt64();
        Vector128<long> low23 = Sse2.UnpackLow(p2, p3).AsInt64();
        Vector128<long> high23 = Sse2.UnpackHigh(p2, p3).AsInt64();
        x0 = Sse2.UnpackLow(low01, low23).AsSByte();
        x1 = Sse2.UnpackHigh(low01, low23).AsSByte();
        x2 = Sse2.UnpackLow(high01, high23).AsSByte();
        x3 = Sse2.UnpackHigh(high01, high23).AsSByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<sbyte> low, Vector128<sbyte> high, ushort half, float* target)
    {
        float scale = Float16Conversion.ToSingle(half);
        if (Avx512F.IsSupported)
        {
            Vector512<float> factor = Vector512.Create(scale);
            (Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(low)) * factor).Store(target);
            (Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(high)) * factor).Store(target + 16);
            return;
        }

        Half(low, scale, target);
        Half(high, scale, target + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(Vector128<sbyte> codes, float scale, float* target)
    {
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(codes);
        (Vector128<int> x0, Vector128<int> x1) = Vector128.Widen(first);
        (Vector128<int> x2, Vector128<int> x3) = Vector128.Widen(second);
        (Vector128.ConvertToSingle(x0) * scale).Store(target);
        (Vector128.ConvertToSingle(x1) * scale).Store(target + 4);
        (Vector128.ConvertToSingle(x2) * scale).Store(target + 8);
        (Vector128.ConvertToSingle(x3) * scale).Store(target + 12);
    }

    private static void OneByOne(byte* codes, ushort* scales, float* target)
    {
        for (int row = 0; row < Lanes; row++)
        {
            float scale = Float16Conversion.ToSingle(scales[row]);
            for (int i = 0; i < Block; i++)
            {
                target[(row * Block) + i] = (sbyte)(codes[(i / 4 * 64) + (row * 4) + (i % 4)] ^ 0x80) * scale;
            }
        }
    }
}
