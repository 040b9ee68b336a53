using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;

namespace Agents.Models.Checkpoints;

/// <summary>Reads and writes models as GGUF files. In memory the rows are always in checkpoint order; files of architecture llama are permuted on the way.</summary>
public static unsafe class GgufCheckpoint
{
    /// <summary>Reads architecture and sizes of an open file, without its tensors.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="ModelFormatException">The file holds no model of a supported architecture.</exception>
    public static ModelShape ReadShape(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return GgufShape.Read(file);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to keep the weights; null for single precision.</param>
    /// <returns>The model; the caller disposes its weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, of another architecture, or a tensor is missing or has the wrong shape.</exception>
    public static DecoderCheckpoint Load(string path, CheckpointLoadOptions? options = null) => Read(path, options, CancellationToken.None);

    /// <summary>Reads a model on other threads.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to keep the weights; null for single precision.</param>
    /// <param name="cancellationToken">Honoured between pieces of tensors.</param>
    /// <returns>The model; the caller disposes its weights.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, of another architecture, or a tensor is missing or has the wrong shape.</exception>
    public static Task<DecoderCheckpoint> LoadAsync(string path, CheckpointLoadOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Read(path, options, cancellationToken), cancellationToken);

    private static DecoderCheckpoint Read(string path, CheckpointLoadOptions? options, CancellationToken cancellationToken)
    {
        using GgufFile file = GgufFile.Open(path);
        ModelShape shape = GgufShape.Read(file);
        TokenizerDefinition tokenizer = ReadTokenizer(file, shape);
        IKernels<float>? packing = (options ?? new CheckpointLoadOptions()).PackingKernels();
        foreach (TensorPlan plan in TensorPlan.Of(shape))
        {
            RequireTensor(file, plan, packing is not null);
        }

        DecoderWeights<float> weights = new(shape, dense: packing is null);
        try
        {
            ReadTensors(file, weights, packing, cancellationToken);
            return new DecoderCheckpoint(file.Metadata.GetString("general.name", null) ?? Path.GetFileNameWithoutExtension(path), weights, tokenizer);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Writes a model atomically.</summary>
    /// <param name="path">The final path; its folder must exist.</param>
    /// <param name="weights">Parameters.</param>
    /// <param name="tokenizer">The tokenizer's data; padded to the number of embedding rows.</param>
    /// <param name="options">Name and element types; null for defaults.</param>
    /// <exception cref="ArgumentException">The type cannot be written, the layers have different head sizes, or a value does not fit the type.</exception>
    public static void Save(string path, DecoderWeights<float> weights, TokenizerDefinition tokenizer, GgufSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(tokenizer);
        using GgufWriter writer = new(path);
        GgufModelWriter.Write(writer, weights, tokenizer, options ?? new GgufSaveOptions());
        writer.Commit();
    }

    private static TokenizerDefinition ReadTokenizer(GgufFile file, ModelShape shape)
    {
        Dictionary<string, object> keys = new(StringComparer.Ordinal);
        foreach ((string key, GgufValue value) in file.Metadata.Values)
        {
            if (key.StartsWith("tokenizer.", StringComparison.Ordinal))
            {
                keys[key] = value.Data;
            }
        }

        try
        {
            TokenizerDefinition definition = GgufTokenizerKeys.Read(keys);
            return definition.Tokens.Count <= shape.VocabularySize
                ? definition
                : throw new ModelFormatException(
                    $"{file.Name}: the tokenizer has {definition.Tokens.Count} tokens, but tensor 'token_embd.weight' only {shape.VocabularySize} rows.");
        }
        catch (TokenizerException error)
        {
            throw new ModelFormatException($"{file.Name}: {error.Message}", error);
        }
    }

    private static void ReadTensors(GgufFile file, DecoderWeights<float> weights, IKernels<float>? packing, CancellationToken cancellationToken)
    {
        MatrixLoader? loader = packing is null ? null : new MatrixLoader(packing);
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (tensor.IsDense)
            {
                ReadTensor(file, weights.Shape, tensor);
            }
            else
            {
                loader!.Add(file.Stored(file.GetTensor(GgufTensorNames.FromCheckpoint(tensor.Name))), tensor, Pieces(weights.Shape, tensor).HeadSize);
            }
        }

        loader?.Run(cancellationToken);
    }

    private static void RequireTensor(GgufFile file, TensorPlan plan, bool stored)
    {
        string name = GgufTensorNames.FromCheckpoint(plan.Name);
        string expected = plan.Rows == 1 ? $"[{plan.Columns}]" : $"[{plan.Rows}, {plan.Columns}]";
        if (!file.TryGetTensor(name, out GgufTensor? tensor))
        {
            throw new ModelFormatException($"{file.Name}: tensor '{name}' is missing; expected {expected}.");
        }

        long[] shape = [.. tensor.Shape];
        bool fits = plan.Rows == 1 ? shape is [var n] && n == plan.Columns : shape is [var rows, var columns] && rows == plan.Rows && columns == plan.Columns;
        if (!fits)
        {
            throw new ModelFormatException($"{file.Name}: tensor '{name}' has the shape [{string.Join(", ", shape)}]; expected {expected}.");
        }

        if (!(stored && plan.Rows > 1 ? MatrixLoader.Keeps(tensor.Type) : BlockFormats.TryGet(tensor.Type, out _)))
        {
            throw new ModelFormatException(
                $"{file.Name}: tensor '{name}' is stored as {BlockLayouts.NameOf(tensor.Type)}; this build reads {string.Join(", ", BlockFormats.All.Select(format => format.Name))}.");
        }
    }

    private static void ReadTensor(GgufFile file, ModelShape shape, WeightTensor<float> tensor)
    {
        GgufTensor stored = file.GetTensor(GgufTensorNames.FromCheckpoint(tensor.Name));
        (int headSize, int rowLength, int heads) = Pieces(shape, tensor);
        if (headSize == 0)
        {
            const int rowsPerPiece = 1024;
            for (int row = 0; row < tensor.Rows; row += rowsPerPiece)
            {
                int count = Math.Min(rowsPerPiece, tensor.Rows - row);
                file.ReadFloats(stored, row, count, new Span<float>(tensor.View.Row(row), count * tensor.Columns));
            }

            return;
        }

        var piece = new float[headSize * rowLength];
        for (int head = 0; head < heads; head++)
        {
            Span<float> target = new(tensor.Data + ((long)head * piece.Length), piece.Length);
            if (tensor.IsVector)
            {
                new ReadOnlySpan<float>(ReadVector(file, stored)).Slice(head * headSize, headSize).CopyTo(piece);
            }
            else
            {
                file.ReadFloats(stored, (long)head * headSize, headSize, piece);
            }

            LlamaRowPermutation.ToCheckpoint<float>(piece, target, headSize, rowLength);
        }
    }

    private static float[] ReadVector(GgufFile file, GgufTensor stored)
    {
        var values = new float[stored.ElementCount];
        file.ReadFloats(stored, values);
        return values;
    }

    /// <summary>How a tensor is cut into heads for the permutation; a head size of 0 means that it is stored as it is.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="tensor">A parameter.</param>
    internal static (int HeadSize, int RowLength, int Heads) Pieces(ModelShape shape, WeightTensor<float> tensor)
    {
        if (shape.Architecture != "llama" || !GgufTensorNames.IsPermuted(tensor.Name))
        {
            return default;
        }

        int headSize = shape.Layers[0].HeadSize;
        return tensor.IsVector ? (headSize, 1, tensor.Columns / headSize) : (headSize, tensor.Columns, tensor.Rows / headSize);
    }
}
