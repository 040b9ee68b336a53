using Agents.Cli.Documents;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;
using Agents.Models.Templates;
using Agents.Models.Tokenization;

namespace Agents.Cli.Models;

/// <summary>Describes model files.</summary>
internal static class ModelInspection
{
    /// <summary>Describes a model without opening its files.</summary>
    /// <param name="name">Name for <c>--model</c>.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="path">File or folder.</param>
    public static ModelItem Describe(string name, string source, string path)
    {
        bool folder = Directory.Exists(path);
        long bytes = folder
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)
            : new FileInfo(path).Length;
        return new ModelItem { Name = name, Source = source, Path = path, Format = folder ? "safetensors" : "gguf", Bytes = bytes };
    }

    /// <summary>Describes shape, tensors and tokenizer of an open GGUF file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="ModelFormatException">The file holds no model that this build can run.</exception>
    public static ModelDetails Details(GgufFile file)
    {
        TokenizerDefinition tokenizer = GgufTokenizer.Read(file.Metadata);
        return Details(
            GgufCheckpoint.ReadShape(file),
            tokenizer,
            file.Tensors.GroupBy(tensor => tensor.Type.ToString()).ToDictionary(group => group.Key, group => group.Count()));
    }

    /// <summary>Describes a model.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="tokenizer">The tokenizer's data.</param>
    /// <param name="tensorTypes">Number of tensors per element type.</param>
    public static ModelDetails Details(ModelShape shape, TokenizerDefinition tokenizer, IReadOnlyDictionary<string, int> tensorTypes)
    {
        LayerShape layer = shape.Layers.FirstOrDefault() ?? new LayerShape(0, 0, 0, 0);
        return new ModelDetails
        {
            Architecture = shape.Architecture,
            Parameters = shape.ParameterCount,
            Layers = shape.Layers.Length,
            HiddenSize = shape.HiddenSize,
            Heads = layer.Heads,
            KeyValueHeads = layer.KeyValueHeads,
            HeadSize = layer.HeadSize,
            FeedForwardSize = layer.FeedForwardSize,
            VocabularySize = shape.VocabularySize,
            ContextLength = shape.ContextLength,
            TiedEmbeddings = shape.TiedEmbeddings,
            TensorTypes = tensorTypes,
            ChatTemplate = FindTemplate(tokenizer),
            TokenizerFingerprint = tokenizer.ComputeFingerprint(),
        };
    }

    private static string? FindTemplate(TokenizerDefinition tokenizer)
    {
        try
        {
            return ChatTemplates.ForModel(tokenizer).Name;
        }
        catch (ChatTemplateException)
        {
            return null;
        }
    }
}
