using Agents.Cli.Documents;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Models.Safetensors;
using Agents.Models.Tokenization;

namespace Agents.Cli.Models;

/// <summary>Opens models that run in this process, and parts of them.</summary>
internal static class LocalModels
{
    /// <summary>Reads a model's tokenizer without its weights.</summary>
    /// <param name="reference">The model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ModelFormatException">There is no such model, or it is damaged.</exception>
    public static async Task<ITokenizer> ReadTokenizerAsync(string reference, CancellationToken cancellationToken)
    {
        string path = ModelPaths.Resolve(reference);
        if (Directory.Exists(path))
        {
            return Tokenizers.Create(await HuggingFaceTokenizer.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        using GgufFile file = GgufFile.Open(path);
        return Tokenizers.Create(GgufTokenizer.Read(file.Metadata));
    }

    /// <summary>Reads a checkpoint, decoded to single precision.</summary>
    /// <param name="reference">The model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ModelFormatException">There is no such model, or it is damaged.</exception>
    public static Task<DecoderCheckpoint> ReadCheckpointAsync(string reference, CancellationToken cancellationToken) =>
        DecoderCheckpoint.LoadAsync(ModelPaths.Resolve(reference), cancellationToken: cancellationToken);

    /// <summary>Opens a model for generation and scoring.</summary>
    /// <param name="reference">The model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="ModelFormatException">There is no such model, or it is damaged.</exception>
    public static Task<DecoderModel> OpenAsync(string reference, CancellationToken cancellationToken, DecoderModelOptions? options = null) =>
        DecoderModel.LoadAsync(ModelPaths.Resolve(reference), options, cancellationToken);

    /// <summary>Describes a model from its headers.</summary>
    /// <param name="reference">The model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ModelFormatException">There is no such model, or it is damaged.</exception>
    public static async Task<ModelItem> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        string path = ModelPaths.Resolve(reference);
        string source = reference == ModelPaths.Tiny ? "embedded" : "file";
        if (Directory.Exists(path))
        {
            TokenizerDefinition tokenizer = await HuggingFaceTokenizer.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(path);
            Dictionary<string, int> types = checkpoint.Names.GroupBy(name => checkpoint.GetTensor(name).Type.ToString() ?? "").ToDictionary(group => group.Key, group => group.Count());
            return ModelInspection.Describe(Path.GetFileName(path), source, path) with { Details = ModelInspection.Details(HuggingFaceCheckpoint.ReadShape(path), tokenizer, types) };
        }

        using GgufFile file = GgufFile.Open(path);
        string name = file.Metadata.GetString("general.name", null) ?? Path.GetFileNameWithoutExtension(path);
        return ModelInspection.Describe(name, source, path) with { Details = ModelInspection.Details(file) };
    }
}
