using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Multiplies one packed cache block; a chunk is a rectangle of tiles.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal unsafe struct TileBody<TMath, TVector> : IComputeBody
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>The rows and columns of the block in c.</summary>
    public MatrixView<float> C;

    /// <summary>[strip, depth, 12].</summary>
    public float* Strips;

    /// <summary>First panel at the first step of k.</summary>
    public float* Panels;

    /// <summary>Elements between panels.</summary>
    public long PanelStride;

    /// <summary>Steps of k in the block.</summary>
    public int Depth;

    /// <summary>Whether the chains start from c (always, after the first block of k).</summary>
    public bool Accumulate;

    /// <summary>Bias of the block's columns, in the last block of k; or null.</summary>
    public float* Bias;

    /// <summary>Rows and columns of c in one chunk; multiples of the tile.</summary>
    public int ChunkRows, ChunkColumns;

    /// <summary>Gets the number of chunks.</summary>
    public readonly int Chunks => ChunksAcross * ((C.Rows + ChunkRows - 1) / ChunkRows);

    private readonly int ChunksAcross => (C.Columns + ChunkColumns - 1) / ChunkColumns;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int row = chunk / ChunksAcross * ChunkRows;
        int column = chunk % ChunksAcross * ChunkColumns;
        int rows = Math.Min(C.Rows - row, ChunkRows);
        int columns = Math.Min(C.Columns - column, ChunkColumns);
        MatrixView<float> c = C.RowRange(row, rows).ColumnRange(column, columns);
        float* strips = Strips + ((long)row * Depth);
        float* panels = Panels + (column / PanelLayout.Width * PanelStride);
        int fullRows = rows / PanelLayout.Height * PanelLayout.Height;
        for (int x = 0; x < columns; x += PanelLayout.Width)
        {
            float* panel = panels + (x / PanelLayout.Width * PanelStride);
            for (int y = 0; y < fullRows; y += PanelLayout.Height)
            {
                float* strip = strips + ((long)y * Depth);
                Prefetch(c, y + PanelLayout.Height < fullRows ? c.Row(y + PanelLayout.Height) + x : c.Data + x + PanelLayout.Width);
                if (columns - x >= PanelLayout.Width)
                {
                    TileKernel<TMath, TVector>.Multiply(Depth, strip, panel, c.Row(y) + x, c.Stride, Accumulate);
                }
                else
                {
                    Edge(strip, panel, c.Row(y) + x, columns - x);
                }
            }
        }

        if (fullRows < rows)
        {
            RowKernel<TMath, TVector>.Multiply(
                strips + ((long)fullRows * Depth), 1, PanelLayout.Height, rows - fullRows, Depth, panels, PanelStride, columns, c.Row(fullRows), c.Stride, Accumulate);
        }

        if (Bias != null)
        {
            BiasKernel<TMath, TVector>.Add(Bias + column, c);
        }
    }

    // The tile after this one: its lines of c lie in different rows, which no hardware prefetcher follows, and the chains wait for them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(MatrixView<float> c, float* next)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int y = 0; y < PanelLayout.Height; y++, next += c.Stride)
        {
            Sse.Prefetch0(next);
            Sse.Prefetch0(next + 16);
        }
    }

    // The last columns go through a full tile beside c, so that nothing beyond them is written.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Edge(float* strip, float* panel, float* c, int columns)
    {
        float* tile = stackalloc float[PanelLayout.Height * PanelLayout.Width];
        uint bytes = (uint)columns * sizeof(float);
        for (int y = 0; y < PanelLayout.Height && Accumulate; y++)
        {
            Unsafe.CopyBlockUnaligned(tile + (y * PanelLayout.Width), c + (y * (long)C.Stride), bytes);
        }

        TileKernel<TMath, TVector>.Multiply(Depth, strip, panel, tile, PanelLayout.Width, Accumulate);
        for (int y = 0; y < PanelLayout.Height; y++)
        {
            Unsafe.CopyBlockUnaligned(c + (y * (long)C.Stride), tile + (y * PanelLayout.Width), bytes);
        }
    }
}
