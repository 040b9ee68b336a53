using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized;

/// <summary>Decodes rows of a packed matrix, cut into chunks of rows.</summary>
internal unsafe struct DecodeBody : IComputeBody
{
    [ThreadStatic]
    private static byte[]? t_stored;

    /// <summary>The matrix.</summary>
    public QuantizedMatrix Weight;

    /// <summary>[count] indices of rows.</summary>
    public int* Rows;

    /// <summary>Number of rows.</summary>
    public int Count;

    /// <summary>[count, columns].</summary>
    public MatrixView<float> Target;

    /// <summary>Rows per chunk.</summary>
    public int RowsPerChunk;

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int bytes = Weight.RowBytes;
        byte[] stored = t_stored is { } kept && kept.Length >= bytes ? kept : t_stored = GC.AllocateUninitializedArray<byte>(bytes);
        Span<byte> row = stored.AsSpan(0, bytes);
        BlockFormat format = BlockFormats.Get(Weight.Type);
        int end = Math.Min(Count, (chunk + 1) * RowsPerChunk);
        for (int index = chunk * RowsPerChunk; index < end; index++)
        {
            Weight.CopyRow(Rows[index], row);
            format.Dequantize(row, new Span<float>(Target.Row(index), Target.Columns));
        }
    }
}
