using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// Attention backward. An item is one key/value head of one segment: its tiles of 32 rows (query, head) go in order, and each meets the keys in passes of
/// 64, so every sum has one fixed order: dQ by ascending key, dK and dV by ascending query and, within it, head.
/// </summary>
internal unsafe struct AttendBackwardKernel : ILaneKernel
{
    private const int TileRows = 32;
    private const int KeysPerPass = 64;
    private const int Stride = KeysPerPass + 16;

    public AttentionShape Shape;
    public MatrixView<float> Queries;
    public MatrixView<float> Keys;
    public MatrixView<float> Values;
    public MatrixView<float> Output;
    public float* LogSumExp;
    public AttentionSegment* Segments;
    public MatrixView<float> DOutput;
    public MatrixView<float> DQueries;
    public MatrixView<float> DKeys;
    public MatrixView<float> DValues;

    private readonly int Group => Shape.Heads / Shape.KeyValueHeads;

    /// <inheritdoc/>
    public readonly void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>
    {
        for (int item = first; item < first + count; item++)
        {
            Differentiate<TLanes>(Segments + (item / Shape.KeyValueHeads), item % Shape.KeyValueHeads);
        }
    }

    private readonly void Differentiate<TLanes>(AttentionSegment* segment, int keyValueHead)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        int keyCount = segment->KeyCount;
        if (keyCount == 0)
        {
            return;
        }

        int padded = (keyCount + 15) & ~15;
        long storeLength = (long)padded * size;
        float* memory = ThreadWorkspace.Current.Tiles((2 * storeLength) + (3L * TileRows * size) + (2 * TileRows * Stride) + (2 * TileRows));
        MatrixView<float> keys = HeadRows(Keys, segment, keyValueHead);
        MatrixView<float> values = HeadRows(Values, segment, keyValueHead);
        Clear(HeadRows(DKeys, segment, keyValueHead));
        Clear(HeadRows(DValues, segment, keyValueHead));
        Tile tile = new()
        {
            KeyStore = memory,
            ValueStore = memory + storeLength,
            Queries = memory + (2 * storeLength),
            DOutputs = memory + (2 * storeLength) + (TileRows * size),
            DQueries = memory + (2 * storeLength) + (2 * TileRows * size),
            Weights = memory + (2 * storeLength) + (3 * TileRows * size),
        };
        tile.DScores = tile.Weights + (TileRows * Stride);
        tile.LogSums = tile.DScores + (TileRows * Stride);
        tile.Means = tile.LogSums + TileRows;

        // Scores and dO·V both read 16 keys side by side.
        new Span<float>(memory + (storeLength - (16 * size)), 16 * size).Clear();
        new Span<float>(memory + ((2 * storeLength) - (16 * size)), 16 * size).Clear();
        KeyStore.Write(keys, tile.KeyStore, 0);
        KeyStore.Write(values, tile.ValueStore, 0);
        int rows = segment->QueryCount * Group;
        for (int firstRow = 0; firstRow < rows; firstRow += TileRows)
        {
            tile.FirstRow = firstRow;
            tile.Rows = Math.Min(TileRows, rows - firstRow);
            LoadTile<TLanes>(segment, keyValueHead, tile);
            int visible = segment->VisibleKeys((firstRow + tile.Rows - 1) / Group);
            for (int key = 0; key < visible; key += KeysPerPass)
            {
                Pass<TLanes>(segment, keyValueHead, tile, key, Math.Min(KeysPerPass, visible - key));
            }

            for (int row = 0; row < tile.Rows; row++)
            {
                Unsafe.CopyBlock(RowOf(DQueries, segment, keyValueHead, firstRow + row), tile.DQueries + (row * size), (uint)(size * sizeof(float)));
            }
        }
    }

    /// <summary>Copies the rows of a tile side by side and prepares D = dO·O.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void LoadTile<TLanes>(AttentionSegment* segment, int keyValueHead, in Tile tile)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        new Span<float>(tile.Queries, 3 * TileRows * size).Clear();
        for (int row = 0; row < TileRows; row++)
        {
            // A row that is not there has weight 0 everywhere.
            tile.LogSums[row] = float.PositiveInfinity;
            tile.Means[row] = 0;
            if (row >= tile.Rows)
            {
                continue;
            }

            int at = tile.FirstRow + row;
            float* dOutput = RowOf(DOutput, segment, keyValueHead, at);
            Unsafe.CopyBlock(tile.Queries + (row * size), RowOf(Queries, segment, keyValueHead, at), (uint)(size * sizeof(float)));
            Unsafe.CopyBlock(tile.DOutputs + (row * size), dOutput, (uint)(size * sizeof(float)));
            tile.Means[row] = Dot<TLanes>(dOutput, RowOf(Output, segment, keyValueHead, at), size);
            float logSum = LogSumExp[((long)(segment->QueryStart + (at / Group)) * Shape.Heads) + HeadOf(keyValueHead, at)];
            tile.LogSums[row] = float.IsNegativeInfinity(logSum) ? float.PositiveInfinity : logSum;
        }
    }

    /// <summary>One tile of rows against some keys.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private readonly void Pass<TLanes>(AttentionSegment* segment, int keyValueHead, in Tile tile, int key, int keyCount)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int size = Shape.HeadSize;
        float scale = 1f / MathF.Sqrt(size);
        int blocks = (keyCount + 15) / 16;

        // Rows in front that see none of these keys are left out, four at a time.
        int skip = 0;
        while (skip + 4 < tile.Rows && segment->VisibleKeys((tile.FirstRow + skip + 3) / Group) <= key)
        {
            skip += 4;
        }

        int rows = tile.Rows - skip;
        int evenRows = (rows + 1) & ~1;
        float* queries = tile.Queries + (skip * size);
        float* dOutputs = tile.DOutputs + (skip * size);
        float* weights = tile.Weights + (skip * Stride);
        float* dScores = tile.DScores + (skip * Stride);
        ScoreTile.Compute<TLanes>(queries, evenRows, tile.KeyStore + ((long)key * size), blocks, size, scale, weights, Stride);
        ScoreTile.Compute<TLanes>(dOutputs, evenRows, tile.ValueStore + ((long)key * size), blocks, size, 1f, dScores, Stride);
        for (int row = 0; row < rows; row++)
        {
            int query = (tile.FirstRow + skip + row) / Group;
            HiddenKeys.Hide(segment, query, weights + (row * Stride), key, key + (blocks * 16));
            Weigh<TLanes>(weights + (row * Stride), dScores + (row * Stride), blocks * 16, tile.LogSums[skip + row], tile.Means[skip + row], scale);
        }

        if (evenRows > rows)
        {
            new Span<float>(dScores + (rows * Stride), blocks * 16).Clear();
        }

        int row0 = segment->QueryStart + key;
        int column = keyValueHead * size;
        WeightedSumTile.Add<TLanes>(
            tile.DQueries + (skip * size), size, evenRows, new TileWeights(dScores, Stride, 1), Keys.Row(row0) + column, Keys.Stride, keyCount, size);
        WeightedSumTile.Add<TLanes>(
            DKeys.Row(row0) + column, DKeys.Stride, keyCount, new TileWeights(dScores, 1, Stride), queries, size, rows, size);
        WeightedSumTile.Add<TLanes>(
            DValues.Row(row0) + column, DValues.Stride, keyCount, new TileWeights(weights, 1, Stride), dOutputs, size, rows, size);
    }

    /// <summary>Scores become probabilities, dP becomes dS = P·(dP − D)·scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Weigh<TLanes>(float* weights, float* dScores, int count, float logSum, float mean, float scale)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes shift = TLanes.Broadcast(logSum);
        TLanes center = TLanes.Broadcast(mean);
        TLanes factor = TLanes.Broadcast(scale);
        for (int key = 0; key < count; key += 16)
        {
            TLanes weight = Exponential.Of(TLanes.Load(weights + key) - shift);
            TLanes.Store(weight, weights + key);
            TLanes.Store(weight * (TLanes.Load(dScores + key) - center) * factor, dScores + key);
        }
    }

    private static float Dot<TLanes>(float* a, float* b, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sum = TLanes.Broadcast(0);
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), sum);
        }

        if (i < count)
        {
            sum = TLanes.MultiplyAdd(LaneTail.Load<TLanes>(a + i, count - i), LaneTail.Load<TLanes>(b + i, count - i), sum);
        }

        return TLanes.Fold(sum);
    }

    private static void Clear(MatrixView<float> view)
    {
        for (int row = 0; row < view.Rows; row++)
        {
            new Span<float>(view.Row(row), view.Columns).Clear();
        }
    }

    private readonly MatrixView<float> HeadRows(MatrixView<float> view, AttentionSegment* segment, int keyValueHead) =>
        view.RowRange(segment->QueryStart, segment->KeyCount).ColumnRange(keyValueHead * Shape.HeadSize, Shape.HeadSize);

    private readonly int HeadOf(int keyValueHead, int row) => (keyValueHead * Group) + (row % Group);

    private readonly float* RowOf(MatrixView<float> view, AttentionSegment* segment, int keyValueHead, int row) =>
        view.Row(segment->QueryStart + (row / Group)) + (HeadOf(keyValueHead, row) * Shape.HeadSize);

    /// <summary>Memory and place of the tile in work.</summary>
    private struct Tile
    {
        public float* KeyStore;
        public float* ValueStore;
        public float* Queries;
        public float* DOutputs;
        public float* DQueries;
        public float* Weights;
        public float* DScores;
        public float* LogSums;
        public float* Means;
        public int FirstRow;
        public int Rows;
    }
}
