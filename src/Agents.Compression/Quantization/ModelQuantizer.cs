using Agents.Compression.Sizes;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Scoring;

namespace Agents.Compression.Quantization;

/// <summary>
/// Converts a model file: every matrix goes through a quantization method, vectors (norms, biases) stay in single precision, all metadata is kept.
/// The output is a GGUF file that appears only when it is complete.
/// </summary>
public static class ModelQuantizer
{
    /// <summary>Converts a model, and measures what that costs when a text is given.</summary>
    /// <param name="input">A GGUF file, or a Hugging Face folder with safetensors.</param>
    /// <param name="output">The GGUF file to write; its folder must exist, and it must not be the input.</param>
    /// <param name="method">How matrices are stored.</param>
    /// <param name="text">A text on which both models' perplexity is measured; null for none. The models themselves are the measure, by teacher forcing.</param>
    /// <param name="cancellationToken">Honoured between tensors and between scored windows; before the output is complete nothing remains of it.</param>
    /// <returns>Sizes and perplexities.</returns>
    /// <exception cref="FileNotFoundException">There is no such input.</exception>
    /// <exception cref="ModelFormatException">The input is damaged or hostile.</exception>
    /// <exception cref="CompressionException">The input holds what cannot be converted, the output path is unusable, or the text has fewer than two tokens.</exception>
    public static async Task<QuantizationResult> ConvertAsync(
        string input, string output, IQuantizationMethod method, string? text = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(input);
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        ArgumentNullException.ThrowIfNull(method);
        RequireOutput(input, output);
        SizeReport before = SizeReport.Read(input);
        TextScore? scoreBefore = await ScoreAsync(input, text, cancellationToken).ConfigureAwait(false);
        TensorConversion conversion = new(method);
        try
        {
            await ConvertAsync(conversion, input, output, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CompressionException($"{output}: cannot be written: {error.Message}", error);
        }

        SizeReport after = SizeReport.Read(output);
        TextScore? scoreAfter = await ScoreAsync(output, text, cancellationToken).ConfigureAwait(false);
        return new QuantizationResult
        {
            Method = method.Id,
            Output = output,
            BitsPerWeight = after.BitsPerWeight,
            BytesBefore = before.FileBytes,
            BytesAfter = after.FileBytes,
            PerplexityBefore = scoreBefore?.Perplexity,
            PerplexityAfter = scoreAfter?.Perplexity,
            ScoredTokens = scoreAfter?.Tokens ?? 0,
            FallbackMatrices = [.. conversion.FallbackMatrices],
        };
    }

    private static async Task ConvertAsync(TensorConversion conversion, string input, string output, CancellationToken cancellationToken)
    {
        if (SizeReport.IsGguf(input))
        {
            await Task.Run(() => conversion.Convert(input, output, cancellationToken), cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!Directory.Exists(input))
        {
            throw new CompressionException($"{input}: weights alone have no shape and no tokenizer; give the folder with config.json and tokenizer.json, or a GGUF file.");
        }

        // One encoding path for all inputs: a folder first becomes a GGUF file in single precision beside the output.
        string whole = output + ".f32.partial";
        try
        {
            DecoderCheckpoint checkpoint = await HuggingFaceCheckpoint.LoadAsync(input, cancellationToken: cancellationToken).ConfigureAwait(false);
            using DecoderWeights<float> weights = checkpoint.Weights;
            await Task.Run(
                () =>
                {
                    GgufCheckpoint.Save(whole, weights, checkpoint.Tokenizer, new GgufSaveOptions { Name = checkpoint.Name });
                    conversion.Convert(whole, output, cancellationToken);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(whole);
        }
    }

    private static async Task<TextScore?> ScoreAsync(string path, string? text, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            return null;
        }

        using DecoderModel model = await DecoderModel.LoadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
        TextScore score = await TextScorer.ScoreAsync(model, text, cancellationToken).ConfigureAwait(false);
        return score.Tokens > 0
            ? score
            : throw new CompressionException($"The text has {text.Length} characters, too short to predict a token of it; give at least two tokens.");
    }

    private static void RequireOutput(string input, string output)
    {
        if (Directory.Exists(output))
        {
            throw new CompressionException($"{output}: is a folder, expected the name of the GGUF file to write.");
        }

        if (output.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new CompressionException($"{output}: quantized models are written as GGUF; use a name that ends in .gguf.");
        }

        if (Path.GetFullPath(input) == Path.GetFullPath(output))
        {
            throw new CompressionException($"{output}: is the input, which is not overwritten by something with less in it; choose another name.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        if (!Directory.Exists(folder))
        {
            throw new CompressionException($"{output}: the folder {folder} does not exist.");
        }
    }
}
