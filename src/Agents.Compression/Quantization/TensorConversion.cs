using System.Buffers;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>Copies a GGUF file and encodes its matrices anew, a few rows at a time: memory does not grow with the model.</summary>
/// <param name="method">How matrices are stored.</param>
internal sealed class TensorConversion(IQuantizationMethod method)
{
    private const int ElementsPerPiece = 1 << 18;

    /// <summary>A row must fit a piece of memory that a file cannot make arbitrarily large.</summary>
    private const long LongestRow = 1 << 24;

    private readonly List<string> _keptMatrices = [];

    /// <summary>Gets the matrices that the method could not hold.</summary>
    public IReadOnlyList<string> KeptMatrices => _keptMatrices;

    /// <summary>Writes the converted file atomically.</summary>
    /// <param name="input">A GGUF file.</param>
    /// <param name="output">The final path.</param>
    /// <param name="cancellationToken">Honoured between pieces; nothing remains then.</param>
    public void Convert(string input, string output, CancellationToken cancellationToken)
    {
        using GgufFile source = GgufFile.Open(input);
        using GgufWriter writer = new(output, source.Alignment);
        Dictionary<string, ElementType> types = new(StringComparer.Ordinal);
        foreach (GgufTensor tensor in source.Tensors)
        {
            types.Add(tensor.Name, TargetType(source, tensor));
        }

        WriteMetadata(source, writer, types);
        foreach (GgufTensor tensor in source.Tensors)
        {
            writer.DeclareTensor(tensor.Name, types[tensor.Name], tensor.Shape.AsSpan());
        }

        foreach (GgufTensor tensor in source.Tensors)
        {
            WriteTensor(source, writer, tensor, types[tensor.Name], cancellationToken);
        }

        writer.Commit();
    }

    private static bool IsMatrix(GgufTensor tensor) => tensor.Dimensions.Length >= 2;

    private static uint? FileTypeOf(ElementType type) => type switch
    {
        ElementType.F32 => 0,
        ElementType.F16 => 1,
        ElementType.Q4_0 => 2,
        ElementType.Q8_0 => 7,
        ElementType.BF16 => 32,
        _ => null,
    };

    private static void WriteMetadata(GgufFile source, GgufWriter writer, Dictionary<string, ElementType> types)
    {
        // The most frequent matrix type names the file, as other tools do it.
        ElementType main = source.Tensors
            .Where(IsMatrix)
            .GroupBy(tensor => types[tensor.Name])
            .OrderByDescending(group => group.Sum(tensor => tensor.ElementCount))
            .Select(group => group.Key)
            .DefaultIfEmpty(ElementType.F32)
            .First();
        foreach ((string key, GgufValue value) in source.Metadata.Values)
        {
            if (key is not ("general.file_type" or "general.quantization_version" or "general.alignment"))
            {
                writer.AddMetadata(key, value);
            }
        }

        if (FileTypeOf(main) is uint fileType)
        {
            writer.AddMetadata("general.file_type", GgufValue.Of(fileType));
        }

        if (main is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            writer.AddMetadata("general.quantization_version", GgufValue.Of(2u));
        }
    }

    private ElementType TargetType(GgufFile source, GgufTensor tensor)
    {
        if (!BlockFormats.TryGet(tensor.Type, out _))
        {
            throw new CompressionException(
                $"{source.Name}: tensor '{tensor.Name}' is stored as {BlockLayouts.NameOf(tensor.Type)}, which this build cannot decode; start from a file in "
                + $"{string.Join(", ", BlockFormats.All.Select(format => format.Name))}.");
        }

        if (tensor.RowLength > LongestRow)
        {
            throw new CompressionException($"{source.Name}: tensor '{tensor.Name}' has rows of {tensor.RowLength} elements, expected at most {LongestRow}.");
        }

        if (!IsMatrix(tensor))
        {
            return ElementType.F32;
        }

        if (method.TypeFor(tensor.Name, tensor.RowLength) is ElementType type)
        {
            return type;
        }

        _keptMatrices.Add(tensor.Name);
        return ElementType.F32;
    }

    private void WriteTensor(GgufFile source, GgufWriter writer, GgufTensor tensor, ElementType type, CancellationToken cancellationToken)
    {
        bool encoded = IsMatrix(tensor) && method.TypeFor(tensor.Name, tensor.RowLength) is not null;
        int rowsPerPiece = (int)Math.Clamp(ElementsPerPiece / tensor.RowLength, 1, tensor.RowCount);
        int rowLength = (int)tensor.RowLength;
        float[] values = ArrayPool<float>.Shared.Rent(rowsPerPiece * rowLength);
        try
        {
            for (long row = 0; row < tensor.RowCount; row += rowsPerPiece)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int rows = (int)Math.Min(rowsPerPiece, tensor.RowCount - row);
                Span<float> piece = values.AsSpan(0, rows * rowLength);
                source.ReadFloats(tensor, row, rows, piece);
                RequireFinite(source, tensor, row, piece);
                if (encoded)
                {
                    EncodePiece(source, writer, tensor, type, row, piece);
                }
                else
                {
                    writer.WriteFloats(tensor.Name, piece);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private void EncodePiece(GgufFile source, GgufWriter writer, GgufTensor tensor, ElementType type, long row, ReadOnlySpan<float> piece)
    {
        if (!BlockLayouts.TryGet(type, out BlockLayout layout) || !layout.TryGetByteCount(piece.Length, out long bytes))
        {
            throw new CompressionException($"Method '{method.Id}' stores tensor '{tensor.Name}' as {BlockLayouts.NameOf(type)}, which rows of {tensor.RowLength} do not fit.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)bytes);
        try
        {
            Span<byte> stored = buffer.AsSpan(0, (int)bytes);
            method.Encode(tensor.Name, piece, stored);
            writer.WriteBytes(tensor.Name, stored);
        }
        catch (ArgumentException error)
        {
            throw new CompressionException($"{source.Name}: tensor '{tensor.Name}', rows from {row}: {error.Message}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void RequireFinite(GgufFile source, GgufTensor tensor, long firstRow, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                long row = firstRow + (i / tensor.RowLength);
                throw new CompressionException($"{source.Name}: tensor '{tensor.Name}' has {values[i]} at row {row}, column {i % tensor.RowLength}; the model is damaged.");
            }
        }
    }
}
