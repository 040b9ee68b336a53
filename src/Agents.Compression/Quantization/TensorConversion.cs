using System.Buffers;
using System.Globalization;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Compression.Quantization;

/// <summary>Copies a GGUF file and encodes its matrices anew, a few rows at a time: memory does not grow with the model.</summary>
/// <param name="method">How matrices are stored.</param>
internal sealed class TensorConversion(IQuantizationMethod method)
{
    private const int ElementsPerPiece = 1 << 20;

    /// <summary>A row must fit a piece of memory that a file cannot make arbitrarily large.</summary>
    private const long LongestRow = 1 << 24;

    /// <summary>More layers than any model has.</summary>
    private const int LargestLayer = 1 << 16;

    private readonly List<string> _fallbackMatrices = [];

    private int _layers;
    private bool _tied;

    /// <summary>Gets the matrices that are not stored as the method means to.</summary>
    public IReadOnlyList<string> FallbackMatrices => _fallbackMatrices;

    /// <summary>Writes the converted file atomically.</summary>
    /// <param name="input">A GGUF file.</param>
    /// <param name="output">The final path.</param>
    /// <param name="cancellationToken">Honoured between pieces; nothing remains then.</param>
    public void Convert(string input, string output, CancellationToken cancellationToken)
    {
        using GgufFile source = GgufFile.Open(input);
        using GgufWriter writer = new(output, source.Alignment);
        _layers = source.Tensors.Select(tensor => LayerOf(tensor.Name) + 1).DefaultIfEmpty(0).Max();
        _tied = !source.TryGetTensor("output.weight", out _);
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

    /// <summary>The layer that a tensor's name tells, -1 for none.</summary>
    private static int LayerOf(string name) =>
        name.Split('.') is ["blk", string number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer < LargestLayer ? layer : -1;

    private void WriteMetadata(GgufFile source, GgufWriter writer, Dictionary<string, ElementType> types)
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

        writer.AddMetadata("general.file_type", GgufValue.Of(method.FileType ?? MatrixTypes.Of(main).FileType));
        if (types.Values.Any(type => BlockFormats.Get(type).BlockElements > 1))
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

        MatrixDescription matrix = Describe(tensor);
        if (method.IsFallback(matrix))
        {
            _fallbackMatrices.Add(tensor.Name);
        }

        return method.TypeFor(matrix) switch
        {
            null => ElementType.F32,
            ElementType type when BlockFormats.TryGet(type, out _) => type,
            ElementType type => throw new CompressionException(
                $"Method '{method.Id}' stores tensor '{tensor.Name}' as {BlockLayouts.NameOf(type)}, which this build cannot decode again."),
        };
    }

    private MatrixDescription Describe(GgufTensor tensor) => new(tensor.Name, tensor.RowLength, _layers, _tied);

    private void WriteTensor(GgufFile source, GgufWriter writer, GgufTensor tensor, ElementType type, CancellationToken cancellationToken)
    {
        bool encoded = IsMatrix(tensor) && method.TypeFor(Describe(tensor)) is not null;
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
            method.Encode(Describe(tensor), type, piece, stored);
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
