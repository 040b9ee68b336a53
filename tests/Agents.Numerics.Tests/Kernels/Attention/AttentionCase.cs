using System.Numerics;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Tests.Kernels.Attention;

/// <summary>Packed self-attention of some documents: inputs, key stores, segments and results.</summary>
internal sealed unsafe class AttentionCase<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<AttentionSegment> _segments;
    private readonly AlignedBuffer<byte>? _mask;
    private readonly List<AlignedBuffer<byte>> _stores = [];
    private readonly List<AlignedBuffer<nint>> _tables = [];

    /// <summary>Creates documents of the given lengths; a mask (by query, key) applies to every document. Without a page size each document is one page.</summary>
    public AttentionCase(
        AttentionShape shape, int[] lengths, Func<int, int, bool>? visible = null, int padding = 0, double scale = 1, ElementType? type = null, int page = 0)
    {
        Shape = shape;
        int rows = lengths.Sum();
        Queries = TestMatrix<T>.Random(rows, shape.QueryWidth, 1, scale, padding);
        Keys = TestMatrix<T>.Random(rows, shape.KeyValueWidth, 2, scale, padding);
        Values = TestMatrix<T>.Random(rows, shape.KeyValueWidth, 3);
        Output = new TestMatrix<T>(rows, shape.QueryWidth, padding);
        LogSumExp = new TestMatrix<T>(rows, shape.Heads);
        DQueries = new TestMatrix<T>(rows, shape.QueryWidth, padding);
        DKeys = new TestMatrix<T>(rows, shape.KeyValueWidth, padding);
        DValues = new TestMatrix<T>(rows, shape.KeyValueWidth, padding);
        _segments = new AlignedBuffer<AttentionSegment>(lengths.Length);
        _mask = visible is null ? null : new AlignedBuffer<byte>(lengths.Sum(n => (long)n * n));
        int start = 0;
        long maskStart = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            KeyValueLayout layout = new(
                shape, type ?? (sizeof(T) == sizeof(double) ? ElementType.F64 : ElementType.F32), page > 0 ? page : (lengths[i] + 31) / 16 * 16);
            _segments.Data[i] = new AttentionSegment
            {
                QueryStart = start,
                QueryCount = lengths[i],
                Layout = layout,
                Pages = (byte**)Pages(layout, lengths[i]).Data,
                KeyCount = lengths[i],
                Mask = _mask is null ? null : _mask.Data + maskStart,
            };
            for (int entry = 0; visible is not null && entry < lengths[i] * lengths[i]; entry++)
            {
                _mask!.Data[maskStart + entry] = visible(entry / lengths[i], entry % lengths[i]) ? (byte)1 : (byte)0;
            }

            maskStart += (long)lengths[i] * lengths[i];
            start += lengths[i];
        }
    }

    public AttentionShape Shape { get; }

    public TestMatrix<T> Queries { get; }

    public TestMatrix<T> Keys { get; }

    public TestMatrix<T> Values { get; }

    public TestMatrix<T> Output { get; }

    public TestMatrix<T> LogSumExp { get; }

    public TestMatrix<T> DQueries { get; }

    public TestMatrix<T> DKeys { get; }

    public TestMatrix<T> DValues { get; }

    public AttentionSegment* Segments => _segments.Data;

    public int SegmentCount => (int)_segments.Length;

    public void Store(IAttentionKernels<T> kernels) => kernels.StoreKeysAndValues(Keys.View, Values.View, Segments, SegmentCount);

    public void Forward(IAttentionKernels<T> kernels)
    {
        Store(kernels);
        kernels.Attend(Shape, Queries.View, Segments, SegmentCount, Output.View, LogSumExp.Data);
    }

    public void Backward(IAttentionKernels<T> kernels, TestMatrix<T> dOutput) =>
        kernels.AttendBackward(
            Shape, Queries.View, Keys.View, Values.View, Output.View, LogSumExp.Data, Segments, SegmentCount, dOutput.View, DQueries.View, DKeys.View, DValues.View);

    public void Dispose()
    {
        TestMatrix<T>[] matrices = [Queries, Keys, Values, Output, LogSumExp, DQueries, DKeys, DValues];
        Array.ForEach(matrices, matrix => matrix.Dispose());
        _stores.ForEach(store => store.Dispose());
        _tables.ForEach(table => table.Dispose());
        _segments.Dispose();
        _mask?.Dispose();
    }

    /// <summary>Pages full of NaN (all bits set is one in every type), in memory of their own each.</summary>
    private AlignedBuffer<nint> Pages(KeyValueLayout layout, int positions)
    {
        AlignedBuffer<nint> table = new((positions + layout.PagePositions - 1) / layout.PagePositions);
        _tables.Add(table);
        for (int i = 0; i < table.Length; i++)
        {
            AlignedBuffer<byte> store = new(layout.Bytes);
            store.Span.Fill(0xff);
            _stores.Add(store);
            table.Data[i] = (nint)store.Data;
        }

        return table;
    }
}
