using System.Runtime.CompilerServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>
/// Up to 16 rows (query, head) of one segment that share a key/value head. All scores of a range of keys are kept, which makes the range's maximum exact and
/// every sum independent of the tile.
/// </summary>
internal readonly unsafe struct AttentionTile
{
    /// <summary>Most rows of a tile.</summary>
    public const int MaximumRows = 16;

    /// <summary>Floats for the scores of a tile.</summary>
    public const int ScoreLength = MaximumRows * Stride;

    // One block more than a range, so that the rows of a tile do not fall on the same cache sets.
    private const int Stride = AttentionShape.KeyRange + AttentionShape.KeyBlock;

    // Most rows whose accumulators fit into registers beside two vectors of widened numbers.
    private const int RoundedRows = 8;

    /// <summary>The segment.</summary>
    public readonly AttentionSegment* Segment;

    /// <summary>Number of rows.</summary>
    public readonly int Rows;

    private readonly int _keyValueHead;
    private readonly int _firstRow;
    private readonly int _group;
    private readonly int _size;
    private readonly float* _queries;

    /// <summary>Describes a tile.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="keyValueHead">Head of keys and values.</param>
    /// <param name="firstRow">First row of the segment, where row = query · group + head of the group.</param>
    /// <param name="group">Query heads per key/value head.</param>
    /// <param name="size">Head size.</param>
    /// <param name="queries">[16, size], for the rows side by side.</param>
    public AttentionTile(AttentionSegment* segment, int keyValueHead, int firstRow, int group, int size, float* queries)
    {
        Segment = segment;
        Rows = (int)Math.Min(MaximumRows, ((long)segment->QueryCount * group) - firstRow);
        _keyValueHead = keyValueHead;
        _firstRow = firstRow;
        _group = group;
        _size = size;
        _queries = queries;
    }

    /// <summary>Gets the number of keys that the last row sees, which no other row exceeds.</summary>
    public int VisibleKeys => Segment->VisibleKeys(QueryOf(Rows - 1));

    /// <summary>Query of the segment that a row belongs to.</summary>
    public int QueryOf(int row) => (_firstRow + row) / _group;

    /// <summary>Query head of a row.</summary>
    public int HeadOf(int row) => (_keyValueHead * _group) + ((_firstRow + row) % _group);

    /// <summary>Copies the rows side by side; rows that are not there become zeros.</summary>
    public void LoadQueries(MatrixView<float> queries)
    {
        new Span<float>(_queries + (Rows * _size), (MaximumRows - Rows) * _size).Clear();
        for (int row = 0; row < Rows; row++)
        {
            float* source = queries.Row(Segment->QueryStart + QueryOf(row)) + (HeadOf(row) * _size);
            Unsafe.CopyBlock(_queries + (row * _size), source, (uint)(_size * sizeof(float)));
        }
    }

    /// <summary>Attention of all rows over one range of keys.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="scores">[<see cref="ScoreLength"/>], scratch.</param>
    /// <param name="sums">Overwritten.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Attend<TLanes>(in StoredRange range, float* scores, in RowSums sums)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int count = VisibleIn(range, Rows - 1);
        new Span<float>(sums.Values, MaximumRows * _size).Clear();
        bool inRegisters = WidensInRegisters<TLanes>(range, count);
        if (inRegisters)
        {
            ScoreRounded<TLanes>(range, count, scores);
        }
        else
        {
            Score<TLanes>(range, count, scores);
        }

        for (int row = 0; row < Rows; row++)
        {
            int end = RoundUp(VisibleIn(range, row));
            HiddenKeys.Hide(Segment, QueryOf(row), scores + (row * Stride), range.First, range.First + end);
            sums.Maxima[row] = Exponentiate<TLanes>(scores + (row * Stride), end, out sums.Sums[row]);
        }

        if (inRegisters)
        {
            SumRounded<TLanes>(range, count, scores, sums.Values);
        }
        else
        {
            SumValues<TLanes>(range, count, scores, sums.Values);
        }
    }

    private static int RoundUp(int keys) => (keys + AttentionShape.KeyBlock - 1) & ~(AttentionShape.KeyBlock - 1);

    /// <summary>Number of keys of a range that a row sees; ascends with the rows.</summary>
    private int VisibleIn(in StoredRange range, int row) => Math.Clamp(Segment->VisibleKeys(QueryOf(row)) - range.First, 0, AttentionShape.KeyRange);

    /// <summary>Whether the rows are those of one decoded token (or see the same keys) over a rounded store, and few enough for one pass.</summary>
    private bool WidensInRegisters<TLanes>(in StoredRange range, int count)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.HasLargeTiles && range.IsRounded && Rows <= RoundedRows && _size % (2 * KeyValueLayout.GroupSize) == 0 && VisibleIn(range, 0) == count;

    private void ScoreRounded<TLanes>(in StoredRange range, int count, float* scores)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float scale = 1f / MathF.Sqrt(_size);
        int rows = Rows <= 4 ? 4 : RoundedRows;
        long blockBytes = range.Layout.KeyBlockBytes;
        int part;
        for (int key = 0; key < count; key += part)
        {
            part = range.Part(key, count);
            range.PrefetchKeys(key + part, count);
            int blocks = RoundUp(part) / AttentionShape.KeyBlock;
            if (range.Layout.Type == ElementType.F16)
            {
                RoundedScoreTile.Compute<TLanes, HalfCode>(_queries, rows, range.StoredKeys(key), blockBytes, blocks, _size, scale, scores + key, Stride);
            }
            else
            {
                RoundedScoreTile.Compute<TLanes, ByteCode>(_queries, rows, range.StoredKeys(key), blockBytes, blocks, _size, scale, scores + key, Stride);
            }
        }
    }

    private void SumRounded<TLanes>(in StoredRange range, int count, float* scores, float* outputs)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int rows = Rows <= 4 ? 4 : RoundedRows;
        int part;
        for (int key = 0; key < count; key += part)
        {
            part = range.Part(key, count);
            range.PrefetchValues(key + part, count);
            if (range.Layout.Type == ElementType.F16)
            {
                RoundedSumTile.Add<TLanes, HalfCode>(outputs, rows, scores + key, Stride, range.StoredValues(key), null, part, _size);
            }
            else
            {
                RoundedSumTile.Add<TLanes, ByteCode>(
                    outputs, rows, scores + key, Stride, range.StoredValues(key), range.ValueScales<TLanes>(key, part), part, _size);
            }
        }
    }

    /// <summary>Scores up to four blocks at a time, so that these keys serve all rows while they are in the first cache.</summary>
    private void Score<TLanes>(in StoredRange range, int count, float* scores)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float scale = 1f / MathF.Sqrt(_size);
        int part;
        for (int key = 0; key < count; key += part)
        {
            part = range.Part(key, count);
            range.PrefetchKeys(key + part, count);
            float* keys = range.Keys<TLanes>(key, part);
            for (int row = 0; row < Rows; row += 4)
            {
                int rows = Math.Min(4, Rows - row);
                int needed = RoundUp(Math.Min(part, VisibleIn(range, row + rows - 1) - key)) / AttentionShape.KeyBlock;
                if (needed > 0)
                {
                    ScoreTile.Compute<TLanes>(
                        _queries + (row * _size), (rows + 1) & ~1, keys, needed, _size, scale, scores + (row * Stride) + key, Stride);
                }
            }
        }
    }

    /// <summary>Replaces scores by exponentials; returns the row maximum, or −∞ if nothing is visible (then all weights are 0).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate<TLanes>(float* scores, int count, out float sum)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        for (int key = 0; key < count; key += 16)
        {
            largest = TLanes.Max(largest, TLanes.Load(scores + key));
        }

        float maximum = TLanes.Largest(largest);
        if (float.IsNegativeInfinity(maximum))
        {
            new Span<float>(scores, count).Clear();
            sum = 0;
            return maximum;
        }

        TLanes shift = TLanes.Broadcast(maximum);
        TLanes lanes = TLanes.Broadcast(0);
        for (int key = 0; key < count; key += 16)
        {
            TLanes weight = Exponential.Of(TLanes.Load(scores + key) - shift);
            TLanes.Store(weight, scores + key);
            lanes += weight;
        }

        sum = TLanes.Fold(lanes);
        return maximum;
    }

    /// <summary>Weighted values: first the keys that four rows share, then what single rows see beyond.</summary>
    private void SumValues<TLanes>(in StoredRange range, int count, float* scores, float* outputs)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int part;
        for (int key = 0; key < count; key += part)
        {
            part = range.Part(key, count);
            range.PrefetchValues(key + part, count);
            float* values = range.Values<TLanes>(key, part);
            for (int row = 0; row < Rows; row += 4)
            {
                int shared = Math.Min(part, VisibleIn(range, row) - key);
                if (shared > 0)
                {
                    TileWeights weights = new(scores + (row * Stride) + key, Stride, 1);
                    WeightedSumTile.Add<TLanes>(outputs + (row * _size), _size, (Math.Min(4, Rows - row) + 1) & ~1, weights, values, _size, shared, _size);
                }

                for (int next = row + 1; next < Math.Min(row + 4, Rows); next++)
                {
                    int from = Math.Max(shared, 0);
                    int beyond = Math.Min(part, VisibleIn(range, next) - key) - from;
                    if (beyond > 0)
                    {
                        TileWeights weights = new(scores + (next * Stride) + key + from, Stride, 1);
                        WeightedSumTile.Add<TLanes>(outputs + (next * _size), _size, 1, weights, values + ((long)from * _size), _size, beyond, _size);
                    }
                }
            }
        }
    }
}
