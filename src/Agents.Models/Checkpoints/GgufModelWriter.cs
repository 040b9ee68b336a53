using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>Writes the parameters and the metadata of a model into a GGUF file. Rows of query and key matrices of architecture llama are permuted on the way.</summary>
internal static unsafe class GgufModelWriter
{
    /// <summary>Elements that are encoded at a time, on several threads.</summary>
    private const int PieceElements = 1 << 20;

    /// <summary>Writes everything but the commit.</summary>
    /// <param name="writer">A new file.</param>
    /// <param name="weights">Parameters.</param>
    /// <param name="tokenizer">The tokenizer's data.</param>
    /// <param name="options">Name and types.</param>
    public static void Write(GgufWriter writer, DecoderWeights<float> weights, TokenizerDefinition tokenizer, GgufSaveOptions options)
    {
        MatrixTypes types = options.Types ?? MatrixTypes.Of(options.Type);
        ModelShape shape = weights.Shape;
        (WeightTensor<float> Tensor, ElementType Type)[] tensors = [.. weights.Tensors.Select(tensor => (tensor, TypeOf(tensor, shape, types)))];
        writer.AddMetadata("general.architecture", GgufValue.Of(shape.Architecture));
        writer.AddMetadata("general.name", GgufValue.Of(options.Name));
        writer.AddMetadata("general.file_type", GgufValue.Of(types.FileType));
        if (tensors.Any(tensor => BlockFormats.Get(tensor.Type).BlockElements > 1))
        {
            writer.AddMetadata("general.quantization_version", GgufValue.Of(2u));
        }

        GgufShape.Write(writer, shape);
        WriteTokenizer(writer, VocabularyPadding.PadTo(tokenizer, shape.VocabularySize));
        float[]? divisors = GgufRope.Divisors(shape);
        if (divisors is not null)
        {
            writer.DeclareTensor(GgufTensorNames.RopeDivisors, ElementType.F32, divisors.Length);
        }

        foreach ((WeightTensor<float> tensor, ElementType type) in tensors)
        {
            ReadOnlySpan<long> sizes = tensor.IsVector ? [tensor.Columns] : [tensor.Rows, tensor.Columns];
            writer.DeclareTensor(GgufTensorNames.FromCheckpoint(tensor.Name), type, sizes);
        }

        if (divisors is not null)
        {
            writer.WriteFloats(GgufTensorNames.RopeDivisors, divisors);
        }

        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            WriteTensor(writer, shape, tensor);
        }
    }

    private static ElementType TypeOf(WeightTensor<float> tensor, ModelShape shape, MatrixTypes types) =>
        tensor.IsVector
            ? ElementType.F32
            : types.TypeFor(new MatrixDescription(GgufTensorNames.FromCheckpoint(tensor.Name), tensor.Columns, shape.Layers.Length, shape.TiedEmbeddings));

    private static void WriteTokenizer(GgufWriter writer, TokenizerDefinition definition)
    {
        // Readers guess what is not stated, and guess differently.
        bool addBos = Tokenizers.Create(definition).AddBos;
        foreach ((string key, object value) in GgufTokenizerKeys.Write(definition with { AddBos = addBos }))
        {
            writer.AddMetadata(key, GgufValue.FromObject(value));
        }
    }

    private static void WriteTensor(GgufWriter writer, ModelShape shape, WeightTensor<float> tensor)
    {
        string name = GgufTensorNames.FromCheckpoint(tensor.Name);
        (int headSize, int rowLength, int heads) = GgufCheckpoint.Pieces(shape, tensor);
        if (headSize == 0)
        {
            int rowsPerPiece = Math.Max(1, PieceElements / tensor.Columns);
            for (int row = 0; row < tensor.Rows; row += rowsPerPiece)
            {
                int count = Math.Min(rowsPerPiece, tensor.Rows - row);
                writer.WriteFloats(name, new ReadOnlySpan<float>(tensor.View.Row(row), count * tensor.Columns));
            }

            return;
        }

        var piece = new float[headSize * rowLength];
        for (int head = 0; head < heads; head++)
        {
            LlamaRowPermutation.ToFile<float>(new ReadOnlySpan<float>(tensor.Data + ((long)head * piece.Length), piece.Length), piece, headSize, rowLength);
            writer.WriteFloats(name, piece);
        }
    }
}
