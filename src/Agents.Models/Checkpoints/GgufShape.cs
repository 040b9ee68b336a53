using System.Collections.Immutable;
using System.Globalization;
using Agents.Models.Decoder;
using Agents.Models.Gguf;

namespace Agents.Models.Checkpoints;

/// <summary>Translates between a <see cref="ModelShape"/> and GGUF metadata (papers/00-model-architecture §4, papers/00-quantization-baselines §6).</summary>
internal static class GgufShape
{
    private const int TensorsPerLayer = 9;

    public static ModelShape Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string architecture = metadata.GetString("general.architecture");
        if (architecture is not ("llama" or "qwen2" or "qwen3"))
        {
            throw new ModelFormatException($"{file.Name}: architecture '{architecture}' is not supported; expected llama, qwen2 or qwen3.");
        }

        int layers = ShapeLimits.Require(Key("block_count"), metadata.GetInt64(At("block_count")), file.Tensors.Count / TensorsPerLayer);
        int hidden = ShapeLimits.Require(Key("embedding_length"), metadata.GetInt64(At("embedding_length")), ShapeLimits.Width);
        GgufTensor embedding = file.GetTensor("token_embd.weight");
        int[] heads = PerLayer("attention.head_count", null, ShapeLimits.Heads);
        int[] sharedHeads = PerLayer("attention.head_count_kv", heads, ShapeLimits.Heads);
        int[] feedForward = PerLayer("feed_forward_length", null, ShapeLimits.FeedForward);
        int headSize = ShapeLimits.Require(Key("attention.key_length"), metadata.GetInt64(At("attention.key_length"), hidden / heads[0]), ShapeLimits.HeadSize);
        RequireEqual("attention.value_length", headSize);
        RequireEqual("rope.dimension_count", headSize);
        return ShapeLimits.Require(file.Name, new ModelShape
        {
            Architecture = architecture,
            VocabularySize = ShapeLimits.Require($"{file.Name}: the number of rows of token_embd.weight", embedding.RowCount, ShapeLimits.Vocabulary),
            HiddenSize = hidden,
            Layers = [.. Enumerable.Range(0, layers).Select(i => new LayerShape(heads[i], sharedHeads[i], headSize, feedForward[i]))],
            ContextLength = ShapeLimits.Require(Key("context_length"), metadata.GetInt64(At("context_length")), ShapeLimits.Context),
            RmsNormEpsilon = ShortestDecimal.Widen(metadata.GetSingle(At("attention.layer_norm_rms_epsilon"))),
            RopeTheta = ShortestDecimal.Widen(metadata.GetSingle(At("rope.freq_base"), 10_000)),
            RopeScaling = GgufRope.Read(file, architecture, headSize),
            TiedEmbeddings = !file.TryGetTensor("output.weight", out _),
            AttentionBias = architecture == "qwen2" || file.TryGetTensor("blk.0.attn_q.bias", out _),
            QueryKeyNorm = architecture == "qwen3",
        });

        string At(string key) => $"{architecture}.{key}";

        string Key(string key) => $"{file.Name}: metadata key '{At(key)}'";

        int[] PerLayer(string key, int[]? fallback, int largest)
        {
            if (metadata.TryGet(At(key), out GgufValue? value) && value.Data is Array array)
            {
                if (array.Length < layers)
                {
                    throw new ModelFormatException($"{Key(key)} has {array.Length} entries; expected one for each of {layers} layers.");
                }

                return [.. Enumerable.Range(0, layers).Select(i => ShapeLimits.Require(Key(key), ToInt64(array.GetValue(i)!, key), largest))];
            }

            return fallback is not null && value is null
                ? fallback
                : [.. Enumerable.Repeat(ShapeLimits.Require(Key(key), metadata.GetInt64(At(key)), largest), layers)];
        }

        long ToInt64(object value, string key) => value is byte or sbyte or ushort or short or uint or int or long
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : throw new ModelFormatException($"{Key(key)} holds {value.GetType().Name}, expected integers.");

        void RequireEqual(string key, int expected)
        {
            long found = metadata.GetInt64(At(key), expected);
            if (found != expected)
            {
                throw new ModelFormatException($"{Key(key)} is {found}; expected {expected}, the size of a key: other layouts are not supported.");
            }
        }
    }

    public static void Write(GgufWriter writer, ModelShape shape)
    {
        string at = shape.Architecture + ".";
        ImmutableArray<LayerShape> layers = shape.Layers;
        int[] headSizes = [.. layers.Select(layer => layer.HeadSize).Distinct()];
        if (headSizes.Length != 1)
        {
            throw new ArgumentException(
                $"GGUF states one head size for all layers; this model has {headSizes.Length}. Save it as safetensors or make the layers alike.", nameof(shape));
        }

        writer.AddMetadata(at + "context_length", GgufValue.Of((uint)shape.ContextLength));
        writer.AddMetadata(at + "embedding_length", GgufValue.Of((uint)shape.HiddenSize));
        writer.AddMetadata(at + "block_count", GgufValue.Of((uint)layers.Length));
        writer.AddMetadata(at + "feed_forward_length", Counts(layers, layer => layer.FeedForwardSize));
        writer.AddMetadata(at + "attention.head_count", Counts(layers, layer => layer.Heads));
        writer.AddMetadata(at + "attention.head_count_kv", Counts(layers, layer => layer.KeyValueHeads));
        writer.AddMetadata(at + "attention.key_length", GgufValue.Of((uint)headSizes[0]));
        writer.AddMetadata(at + "attention.value_length", GgufValue.Of((uint)headSizes[0]));
        writer.AddMetadata(at + "attention.layer_norm_rms_epsilon", GgufValue.Of((float)shape.RmsNormEpsilon));
        writer.AddMetadata(at + "rope.dimension_count", GgufValue.Of((uint)headSizes[0]));
        writer.AddMetadata(at + "rope.freq_base", GgufValue.Of((float)shape.RopeTheta));
        writer.AddMetadata(at + "vocab_size", GgufValue.Of((uint)shape.VocabularySize));
        GgufRope.WriteMetadata(writer, shape);
    }

    private static GgufValue Counts(ImmutableArray<LayerShape> layers, Func<LayerShape, int> count)
    {
        uint[] values = [.. layers.Select(layer => (uint)count(layer))];
        return values.Distinct().Count() == 1 ? GgufValue.Of(values[0]) : GgufValue.OfArray<uint>(values);
    }
}
