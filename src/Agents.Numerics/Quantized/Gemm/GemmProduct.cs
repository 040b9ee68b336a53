using Agents.Numerics.Formats;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Products of many rows: cuts a group into tiles and chunks. Threads and tiles split the output only, so they never show in the result.</summary>
internal static unsafe class GemmProduct
{
    // Rows of a tile: its results (128 bytes per row) stay in the first-level cache and its codes in the second.
    private const int LargestTile = 128;
    private const int TileCodes = 640 << 10;
    private const int SmallestTile = 32;

    // Multiply-adds of the smallest chunk, some three microseconds, and of the largest one, less than a millisecond: background work yields between chunks.
    // Plain vector instructions are several times slower. Reading a weight costs about as much as six rows do.
    private const long SmallestChunk = 1 << 20;
    private const long LargestChunk = 1 << 28;
    private const long LargestPlainChunk = 1 << 25;
    private const int ReadRows = 6;
    private const int ChunksPerThread = 16;

    // Elements of a chunk of reordering, some two microseconds.
    private const int ReorderedElements = 1 << 16;

    /// <summary>Computes the group.</summary>
    /// <param name="runner">Threads.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="x">Rounded rows, at least 1.</param>
    /// <param name="products">The layers; shapes fit.</param>
    /// <param name="workspace">Memory.</param>
    public static void Run(LaneRunner runner, QuantizedKernelPath path, QuantizedRows x, ReadOnlySpan<QuantizedProduct> products, GemmWorkspace workspace)
    {
        TokenTiles tiles = Tiles(x, workspace);
        Reorder(runner, x, tiles);
        GemmTask* tasks = stackalloc GemmTask[products.Length];
        int pairs = 0;
        for (int i = 0; i < products.Length; i++)
        {
            tasks[i] = Task(products[i], path);
            pairs += (tasks[i].Panels + 1) / 2;
        }

        int largest = (x.Rows + tiles.Count - 1) / tiles.Count;
        GemmBody body = new()
        {
            Tiles = tiles,
            Tasks = tasks,
            Path = path,
            LargestTile = largest,
            ScratchBytes = GemmScratch.Bytes(largest),
            Pairs = pairs,
        };
        body.Scratch = workspace.Scratch(body.ScratchBytes * runner.Pool.Threads);
        int chunks = SetChunks(ref body, runner.Pool.Threads);
        runner.Run(ref body, chunks);
        GC.KeepAlive(x);
        foreach (ref readonly QuantizedProduct product in products)
        {
            GC.KeepAlive(product.Weight);
        }
    }

    private static TokenTiles Tiles(QuantizedRows x, GemmWorkspace workspace)
    {
        int tile = Math.Clamp(TileCodes / x.Columns, SmallestTile, LargestTile);
        long blocks = (long)x.Rows * x.BlocksPerRow;
        int sumFloats = x.Format switch
        {
            ActivationFormat.Block32WithSum => 1,
            ActivationFormat.Block256 => 8,
            _ => 0,
        };
        return new TokenTiles
        {
            X = workspace.X((long)x.Rows * x.Columns),
            Scales = workspace.Scales(blocks),
            NegativeSums = workspace.NegativeSums((long)x.Rows * (x.Columns / x.SumElements)),
            Sums = workspace.Sums(blocks * sumFloats),
            Rows = x.Rows,
            Count = (x.Rows + tile - 1) / tile,
            Columns = x.Columns,
            BlockElements = x.BlockElements,
            SumElements = x.SumElements,
            SumFloats = sumFloats,
        };
    }

    private static void Reorder(LaneRunner runner, QuantizedRows x, in TokenTiles tiles)
    {
        // A tile is cut along the blocks.
        long elements = (long)x.Columns * x.Rows / tiles.Count;
        int chunksPerTile = (int)Math.Clamp(elements / ReorderedElements, 1, runner.Pool.Threads);
        int blocksPerChunk = (tiles.Blocks + chunksPerTile - 1) / chunksPerTile;
        chunksPerTile = (tiles.Blocks + blocksPerChunk - 1) / blocksPerChunk;
        ReorderBody body = new()
        {
            Tiles = tiles,
            Codes = x.Codes,
            Scales = x.Scales,
            Sums = x.Sums,
            ScaledSums = x.Format == ActivationFormat.Block32WithSum ? x.ScaledSums : null,
            BlocksPerChunk = blocksPerChunk,
            ChunksPerTile = chunksPerTile,
        };
        runner.Run(ref body, tiles.Count * chunksPerTile);
    }

    private static GemmTask Task(in QuantizedProduct product, QuantizedKernelPath path)
    {
        QuantizedMatrix weight = product.Weight;
        TileShape shape = TileShape.Of(weight.Type);
        GemmTask task = new()
        {
            Type = weight.Type,
            Shape = shape,
            Areas = new PanelAreas(weight, weight.Data),
            Outputs = weight.Rows,
            Panels = weight.Panels,
            Bias = product.Bias,
            Result = product.Result.Data,
            Stride = product.Result.Stride,
        };
        if (path == QuantizedKernelPath.Assembled && OperatingSystem.IsLinux())
        {
            task.Single = AssembledTiles.Address(weight.Type, 1);
            task.Pair = AssembledTiles.Address(weight.Type, 2);
        }

        return task;
    }

    private static int SetChunks(ref GemmBody body, int threads)
    {
        long work = 2L * PanelFormat.Rows * body.Tiles.Columns * (body.Tiles.Rows + ReadRows) * body.Pairs;
        long largest = body.Path == QuantizedKernelPath.Assembled ? LargestChunk : LargestPlainChunk;
        long fair = threads == 1 ? 1 : Math.Min(work / SmallestChunk, (long)threads * ChunksPerThread);
        int wanted = (int)Math.Clamp(Math.Max(fair, work / largest), 1, int.MaxValue);
        // Every thread keeps its own rows, as in the kernels before and after: results that another core wrote are dear to fetch. The weights pass both.
        int tileChunks = body.Tiles.Count >= threads ? body.Tiles.Count : 1;
        body.PairChunks = Math.Clamp((wanted + tileChunks - 1) / tileChunks, 1, body.Pairs);
        body.PairsPerChunk = (body.Pairs + body.PairChunks - 1) / body.PairChunks;
        body.PairChunks = (body.Pairs + body.PairsPerChunk - 1) / body.PairsPerChunk;

        // Few outputs: cut the rows in any case.
        tileChunks = Math.Max(tileChunks, Math.Clamp(wanted / body.PairChunks, 1, body.Tiles.Count));
        body.TilesPerChunk = (body.Tiles.Count + tileChunks - 1) / tileChunks;
        return body.PairChunks * ((body.Tiles.Count + body.TilesPerChunk - 1) / body.TilesPerChunk);
    }
}
