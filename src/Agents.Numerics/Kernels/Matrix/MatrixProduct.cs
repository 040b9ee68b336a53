using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>
/// Cuts a product into cache blocks and chunks. Threads split the output only, and chains that cross a block of k continue from c (a store and a load
/// change no bits), so block sizes and thread counts never show in the result.
/// </summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class MatrixProduct<TMath, TVector>
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    // Multiply-adds that one chunk should have at least; a product of less than two chunks runs on the calling thread. Measured on two Zen 5 cores
    // (benchmark commands `pool` and `gemm`): a fork-join takes 0.1 to 0.3 µs while workers spin and 8 µs when one must be woken; a chunk takes 2 µs
    // (125 multiply-adds per nanosecond). Reading packed weights for one row is four times slower, hence a quarter of it in RunRows.
    private const long ChunkWork = 1 << 18;

    // Floats of unpacked panels that a product of few rows may hold at a time (4 MiB).
    private const long RowPanelFloats = 1 << 20;

    private const int ChunksPerThread = 4;

    private const int LevelTwoStrips = 24;

    // From so many rows on, a register of 16 lanes per column beats eight registers per row.
    private const int FewRows = 5;

    /// <summary>Computes the product.</summary>
    /// <param name="runner">Threads.</param>
    /// <param name="plan">Operands with consistent shapes; no dimension is 0.</param>
    /// <param name="workspace">Memory for packed operands.</param>
    public static void Run(LaneRunner runner, in ProductPlan plan, MatrixWorkspace workspace)
    {
        if (IsNarrow(plan, out bool turned))
        {
            RunNarrow(runner, plan, workspace, turned);
            return;
        }

        if (plan.C.Rows < PanelLayout.Height)
        {
            RunRows(runner, plan, workspace);
            return;
        }

        for (int row = 0; row < plan.C.Rows; row += PanelLayout.MaximumRows)
        {
            for (int column = 0; column < plan.C.Columns; column += PanelLayout.MaximumColumns)
            {
                RunBlock(runner, plan, workspace, row, column);
            }
        }
    }

    private static void RunRows(LaneRunner runner, in ProductPlan plan, MatrixWorkspace workspace)
    {
        long panelFloats = (long)plan.Depth * PanelLayout.Width;
        int panelsPerRun = plan.Packed != null
            ? PanelLayout.Panels(plan.C.Columns)
            : (int)Math.Clamp(RowPanelFloats / panelFloats, RowKernel<TMath, TVector>.Group, PanelLayout.Panels(plan.C.Columns) + RowKernel<TMath, TVector>.Group);
        int columnsPerRun = (int)Math.Min((long)panelsPerRun * PanelLayout.Width, plan.C.Columns);
        for (int column = 0; column < plan.C.Columns; column += columnsPerRun)
        {
            int columns = Math.Min(plan.C.Columns - column, columnsPerRun);
            int panels = PanelLayout.Panels(columns);
            RowBody<TMath, TVector> body = new()
            {
                Plan = plan,
                Column = column,
                Columns = columns,
                Panels = plan.Packed != null ? null : workspace.Panels(panels * panelFloats),
            };

            // A chunk is a number of whole groups, so that only the last one has idle registers.
            long groupWork = RowKernel<TMath, TVector>.Group * panelFloats * (plan.Packed != null ? plan.C.Rows : plan.C.Rows + 2);
            int groups = (panels + RowKernel<TMath, TVector>.Group - 1) / RowKernel<TMath, TVector>.Group;
            body.PanelsPerChunk = RowKernel<TMath, TVector>.Group * UnitsPerChunk(groups, groupWork, runner.Pool.Threads, ChunkWork / 4);
            runner.Run(ref body, (panels + body.PanelsPerChunk - 1) / body.PanelsPerChunk);
        }
    }

    /// <summary>
    /// Products with the factors of an adapter: few columns, or few rows that meet a b whose columns are contiguous (then c is computed from its other side).
    /// Packing the long operand would cost more than the product.
    /// </summary>
    private static bool IsNarrow(in ProductPlan plan, out bool turned)
    {
        const int Width = NarrowKernel<TMath, TVector>.Width;
        const int Height = NarrowKernel<TMath, TVector>.Height;
        turned = plan.C.Rows is >= FewRows and < Height && plan.C.Columns > Width && plan.BByColumns;
        return plan.ReadsB && plan.Bias == null && (turned || (plan.C.Columns <= Width && plan.C.Rows >= Height));
    }

    private static void RunNarrow(LaneRunner runner, in ProductPlan plan, MatrixWorkspace workspace, bool turned)
    {
        const int Width = NarrowKernel<TMath, TVector>.Width;
        const int Height = NarrowKernel<TMath, TVector>.Height;
        float* few = workspace.Panels((long)plan.Depth * Width);
        NarrowProduct product = new() { B = few, C = plan.C.Data, Depth = plan.Depth, Accumulate = plan.Accumulate };
        if (turned)
        {
            Packing.Block(plan.A, !plan.AByColumns, 0, plan.C.Rows, 0, plan.Depth, few, Width);
            product.A = plan.B.Data;
            (product.RowStep, product.DepthStep) = (1, plan.B.Stride);
            (product.Rows, product.Columns, product.ResultRowStep, product.ResultColumnStep) = (plan.C.Columns, plan.C.Rows, 1, plan.C.Stride);
        }
        else
        {
            Packing.Block(plan.B, !plan.BByColumns, 0, plan.C.Columns, 0, plan.Depth, few, Width);
            product.A = plan.A.Data;
            (product.RowStep, product.DepthStep) = (plan.RowStep, plan.DepthStep);
            (product.Rows, product.Columns, product.ResultRowStep, product.ResultColumnStep) = (plan.C.Rows, plan.C.Columns, plan.C.Stride, 1);
        }

        NarrowBody<TMath, TVector> body = new() { Product = product };
        int units = (product.Rows + Height - 1) / Height;
        body.RowsPerChunk = Height * UnitsPerChunk(units, (long)Height * Width * plan.Depth, runner.Pool.Threads, ChunkWork / 2);
        runner.Run(ref body, (product.Rows + body.RowsPerChunk - 1) / body.RowsPerChunk);
    }

    private static void RunBlock(LaneRunner runner, in ProductPlan plan, MatrixWorkspace workspace, int row, int column)
    {
        int rows = Math.Min(plan.C.Rows - row, PanelLayout.MaximumRows);
        int columns = Math.Min(plan.C.Columns - column, PanelLayout.MaximumColumns);
        int strips = PanelLayout.Strips(rows);
        int panels = PanelLayout.Panels(columns);
        int depthPerBlock = PanelLayout.EvenDepth(plan.Depth);
        for (int k = 0; k < plan.Depth; k += depthPerBlock)
        {
            int depth = Math.Min(plan.Depth - k, depthPerBlock);
            PackBody pack = new()
            {
                Plan = plan,
                Row = row,
                Column = column,
                K = k,
                Rows = rows,
                Columns = columns,
                Depth = depth,
                Strips = workspace.Strips((long)strips * PanelLayout.Height * depth),
                Panels = plan.Packed != null ? null : workspace.Panels((long)panels * PanelLayout.Width * depth),
                StripCount = strips,
                PanelCount = plan.Packed != null ? 0 : panels,
            };

            // Moving an element costs about as much as ten multiply-adds.
            int units = pack.StripCount + pack.PanelCount;
            pack.UnitsPerChunk = UnitsPerChunk(units, 10L * depth * PanelLayout.Width, runner.Pool.Threads, ChunkWork);
            runner.Run(ref pack, (units + pack.UnitsPerChunk - 1) / pack.UnitsPerChunk);

            TileBody<TMath, TVector> tiles = new()
            {
                C = plan.C.RowRange(row, rows).ColumnRange(column, columns),
                Strips = pack.Strips,
                Panels = plan.Packed != null ? plan.Packed + ((long)column * plan.Depth) + ((long)k * PanelLayout.Width) : pack.Panels,
                PanelStride = (long)PanelLayout.Width * (plan.Packed != null ? plan.Depth : depth),
                Depth = depth,
                Accumulate = plan.Accumulate || k > 0,
                Bias = plan.Bias != null && k + depth == plan.Depth ? plan.Bias + column : null,
            };
            SetChunks(ref tiles, runner.Pool.Threads);
            runner.Run(ref tiles, tiles.Chunks);
        }
    }

    // Starts with rectangles whose strips fit the level-2 cache (24 strips of 12 KiB), so that panels come from memory once, and halves them until every thread gets several.
    private static void SetChunks(ref TileBody<TMath, TVector> tiles, int threads)
    {
        long work = (long)tiles.C.Rows * tiles.C.Columns * tiles.Depth;
        int strips = PanelLayout.Strips(tiles.C.Rows);
        int panels = PanelLayout.Panels(tiles.C.Columns);
        bool single = threads == 1 || work < 2 * ChunkWork;
        int chunkStrips = Math.Min(strips, LevelTwoStrips);
        int chunkPanels = single ? panels : Math.Min(panels, 8);
        long tileWork = (long)PanelLayout.Height * PanelLayout.Width * tiles.Depth;
        while (!single && Count(strips, chunkStrips) * Count(panels, chunkPanels) < ChunksPerThread * threads
            && chunkStrips * chunkPanels > 1 && chunkStrips * chunkPanels * tileWork >= 2 * ChunkWork)
        {
            if (chunkPanels >= chunkStrips)
            {
                chunkPanels = (chunkPanels + 1) / 2;
            }
            else
            {
                chunkStrips = (chunkStrips + 1) / 2;
            }
        }

        tiles.ChunkRows = (work < 2 * ChunkWork ? strips : chunkStrips) * PanelLayout.Height;
        tiles.ChunkColumns = chunkPanels * PanelLayout.Width;
    }

    private static long Count(int units, int perChunk) => (units + perChunk - 1) / perChunk;

    private static int UnitsPerChunk(int units, long unitWork, int threads, long chunkWork)
    {
        if (threads == 1 || units * unitWork < 2 * chunkWork)
        {
            return Math.Max(units, 1);
        }

        long enough = (chunkWork + unitWork - 1) / unitWork;
        int fair = (units + (threads * ChunksPerThread) - 1) / (threads * ChunksPerThread);
        return (int)Math.Clamp(Math.Max(enough, fair), 1, (units + threads - 1) / threads);
    }
}
