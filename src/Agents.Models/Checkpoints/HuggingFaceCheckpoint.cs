using Agents.Models.Decoder;
using Agents.Models.Safetensors;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;

namespace Agents.Models.Checkpoints;

/// <summary>Reads and writes model folders in the Hugging Face layout: <c>config.json</c>, safetensors and <c>tokenizer.json</c>.</summary>
public static class HuggingFaceCheckpoint
{
    private const string WeightsFile = "model.safetensors";

    /// <summary>Reads architecture and sizes of a folder, without its tensors.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">There is no configuration.</exception>
    /// <exception cref="ModelFormatException">The configuration is damaged or of an unsupported architecture.</exception>
    public static ModelShape ReadShape(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return HuggingFaceConfigFile.Read(folder);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to keep the weights; null for single precision.</param>
    /// <param name="cancellationToken">Honoured between pieces of tensors.</param>
    /// <returns>The model; the caller disposes its weights.</returns>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFormatException">A file is damaged, of another architecture, or a tensor is missing or has the wrong shape.</exception>
    public static async Task<DecoderCheckpoint> LoadAsync(string folder, CheckpointLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        TokenizerDefinition tokenizer = await HuggingFaceTokenizer.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Load(folder, tokenizer, options ?? new CheckpointLoadOptions(), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a model; each file is replaced as a whole, the weights last.</summary>
    /// <param name="folder">The folder; created when missing.</param>
    /// <param name="weights">Parameters.</param>
    /// <param name="tokenizer">The tokenizer's data.</param>
    /// <param name="type">Element type of all tensors: F32, F16 or BF16.</param>
    /// <param name="cancellationToken">Honoured between files.</param>
    /// <exception cref="ArgumentException">The type cannot be written, or the shape has no form in config.json.</exception>
    public static async Task SaveAsync(
        string folder, DecoderWeights<float> weights, TokenizerDefinition tokenizer, ElementType type = ElementType.F32, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(tokenizer);
        string typeName = type switch
        {
            ElementType.F32 => "float32",
            ElementType.F16 => "float16",
            ElementType.BF16 => "bfloat16",
            _ => throw new ArgumentException($"Safetensors hold F32, F16 or BF16, not {type}.", nameof(type)),
        };
        Directory.CreateDirectory(folder);
        HuggingFaceConfigFile.Write(folder, weights.Shape, typeName, tokenizer.BosId, tokenizer.EosId);
        await HuggingFaceTokenizer.WriteAsync(folder, tokenizer, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => WriteWeights(Path.Combine(folder, WeightsFile), weights, type), cancellationToken).ConfigureAwait(false);
    }

    private static unsafe DecoderCheckpoint Load(string folder, TokenizerDefinition tokenizer, CheckpointLoadOptions options, CancellationToken cancellationToken)
    {
        ModelShape shape = HuggingFaceConfigFile.Read(folder);
        if (tokenizer.Tokens.Count > shape.VocabularySize)
        {
            throw new ModelFormatException(
                $"{folder}: the tokenizer has {tokenizer.Tokens.Count} tokens, but {HuggingFaceConfigFile.FileName} says vocab_size {shape.VocabularySize}.");
        }

        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder);
        foreach (TensorPlan plan in TensorPlan.Of(shape))
        {
            RequireTensor(folder, checkpoint, plan);
        }

        IKernels<float>? packing = options.PackingKernels();
        MatrixLoader? loader = packing is null ? null : new MatrixLoader(packing);
        DecoderWeights<float> weights = new(shape, dense: packing is null);
        try
        {
            foreach (WeightTensor<float> tensor in weights.Tensors)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (tensor.IsDense)
                {
                    checkpoint.ReadFloats(tensor.Name, new Span<float>(tensor.Data, checked((int)tensor.Length)));
                }
                else
                {
                    loader!.Add(checkpoint.Stored(tensor.Name), tensor, headSize: 0);
                }
            }

            loader?.Run(cancellationToken);
            return new DecoderCheckpoint(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), weights, tokenizer);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static void RequireTensor(string folder, SafetensorsCheckpoint checkpoint, TensorPlan plan)
    {
        string expected = plan.Rows == 1 ? $"[{plan.Columns}]" : $"[{plan.Rows}, {plan.Columns}]";
        if (!checkpoint.TryGetTensor(plan.Name, out SafetensorsTensor? tensor))
        {
            throw new ModelFormatException($"{folder}: tensor '{plan.Name}' is missing; expected {expected}.");
        }

        long[] shape = [.. tensor.Shape];
        bool fits = plan.Rows == 1 ? shape is [var n] && n == plan.Columns : shape is [var rows, var columns] && rows == plan.Rows && columns == plan.Columns;
        if (tensor.Type is null)
        {
            throw new ModelFormatException($"{folder}: tensor '{plan.Name}' is stored as {tensor.DataType}; expected F32, F16 or BF16.");
        }

        if (!fits || (long)plan.Rows * plan.Columns > int.MaxValue)
        {
            throw new ModelFormatException($"{folder}: tensor '{plan.Name}' has the shape [{string.Join(", ", shape)}]; expected {expected}.");
        }
    }

    private static unsafe void WriteWeights(string path, DecoderWeights<float> weights, ElementType type)
    {
        using SafetensorsWriter writer = new(path);
        writer.AddMetadata("format", "pt");
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            if (tensor.IsVector)
            {
                writer.DeclareTensor(tensor.Name, type, tensor.Columns);
            }
            else
            {
                writer.DeclareTensor(tensor.Name, type, tensor.Rows, tensor.Columns);
            }
        }

        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            for (int row = 0; row < tensor.Rows; row++)
            {
                writer.WriteFloats(tensor.Name, new ReadOnlySpan<float>(tensor.View.Row(row), tensor.Columns));
            }
        }

        writer.Commit();
    }
}
