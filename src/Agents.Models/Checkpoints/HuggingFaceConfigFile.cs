using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Models.Files;

namespace Agents.Models.Checkpoints;

/// <summary>Translates between a <see cref="ModelShape"/> and <c>config.json</c> of a Hugging Face folder (papers/00-model-architecture §1).</summary>
internal static class HuggingFaceConfigFile
{
    public const string FileName = "config.json";

    private const long MaximumBytes = 16 << 20;

    private const int MaximumLayers = 1024;

    public static ModelShape Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException($"{path}: no such file; a model folder needs it.", path);
        }

        if (info.Length > MaximumBytes)
        {
            throw new ModelFormatException($"{path}: {info.Length} bytes, expected a configuration of at most {MaximumBytes}.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 32 });
            return Parse(path, document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelFormatException($"{path}: is no model configuration of the expected form: {error.Message}", error);
        }
    }

    public static void Write(string folder, ModelShape shape, string elementType, int? bosId, int? eosId)
    {
        if (shape.Layers.Distinct().Count() != 1)
        {
            throw new ArgumentException("config.json describes layers that are all alike; this model's differ. Save it as GGUF if only widths differ.", nameof(shape));
        }

        LayerShape layer = shape.Layers[0];
        (string className, string modelType) = shape.Architecture switch
        {
            "qwen2" => ("Qwen2ForCausalLM", "qwen2"),
            "qwen3" => ("Qwen3ForCausalLM", "qwen3"),
            _ => ("LlamaForCausalLM", "llama"),
        };
        JsonObject root = new()
        {
            ["architectures"] = new JsonArray(className),
            ["model_type"] = modelType,
            ["attention_bias"] = shape.AttentionBias,
            ["head_dim"] = layer.HeadSize,
            ["hidden_act"] = "silu",
            ["hidden_size"] = shape.HiddenSize,
            ["intermediate_size"] = layer.FeedForwardSize,
            ["max_position_embeddings"] = shape.ContextLength,
            ["num_attention_heads"] = layer.Heads,
            ["num_hidden_layers"] = shape.Layers.Length,
            ["num_key_value_heads"] = layer.KeyValueHeads,
            ["rms_norm_eps"] = shape.RmsNormEpsilon,
            ["rope_scaling"] = Scaling(shape.RopeScaling),
            ["rope_theta"] = shape.RopeTheta,
            ["tie_word_embeddings"] = shape.TiedEmbeddings,
            ["torch_dtype"] = elementType,
            ["vocab_size"] = shape.VocabularySize,
        };
        AddId(root, "bos_token_id", bosId);
        AddId(root, "eos_token_id", eosId);
        using AtomicFile file = new(Path.Combine(folder, FileName));
        using (Utf8JsonWriter writer = new(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            root.WriteTo(writer);
        }

        file.Commit();
    }

    private static void AddId(JsonObject root, string key, int? id)
    {
        if (id is int value)
        {
            root[key] = value;
        }
    }

    private static ModelShape Parse(string path, JsonElement root)
    {
        string type = root.GetProperty("model_type").GetString() ?? string.Empty;
        if (type is not ("llama" or "qwen2" or "qwen3"))
        {
            throw new ModelFormatException($"{path}: model_type '{type}' is not supported; expected llama, qwen2 or qwen3.");
        }

        if (Optional(root, "use_sliding_window") is { ValueKind: JsonValueKind.True })
        {
            throw new ModelFormatException($"{path}: use_sliding_window is true; sliding windows are not supported.");
        }

        int hidden = Size("hidden_size", null, ShapeLimits.Width);
        int heads = Size("num_attention_heads", null, ShapeLimits.Heads);
        LayerShape layer = new(
            heads,
            Size("num_key_value_heads", heads, ShapeLimits.Heads),
            Size("head_dim", Math.Max(1, hidden / heads), ShapeLimits.HeadSize),
            Size("intermediate_size", null, ShapeLimits.FeedForward));
        int layers = Size("num_hidden_layers", null, MaximumLayers);
        return ShapeLimits.Require(path, new ModelShape
        {
            Architecture = type,
            VocabularySize = Size("vocab_size", null, ShapeLimits.Vocabulary),
            HiddenSize = hidden,
            Layers = [.. Enumerable.Repeat(layer, layers)],
            ContextLength = Size("max_position_embeddings", 2048, ShapeLimits.Context),
            RmsNormEpsilon = Optional(root, "rms_norm_eps")?.GetDouble() ?? 1e-6,
            RopeTheta = (Optional(root, "rope_theta") ?? Nested(root, "rope_theta"))?.GetDouble() ?? 10_000,
            RopeScaling = ReadScaling(path, root),
            TiedEmbeddings = Optional(root, "tie_word_embeddings") is { ValueKind: JsonValueKind.True },
            AttentionBias = type == "qwen2" || Optional(root, "attention_bias") is { ValueKind: JsonValueKind.True },
            QueryKeyNorm = type == "qwen3",
        });

        int Size(string key, int? fallback, int largest)
        {
            JsonElement? value = Optional(root, key);
            long number = value?.GetInt64() ?? fallback ?? throw new ModelFormatException($"{path}: '{key}' is missing.");
            return ShapeLimits.Require($"{path}: '{key}'", number, largest);
        }
    }

    private static JsonElement? Optional(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement? Nested(JsonElement root, string key) =>
        (Optional(root, "rope_parameters") ?? Optional(root, "rope_scaling")) is { ValueKind: JsonValueKind.Object } inner ? Optional(inner, key) : null;

    private static RopeScaling ReadScaling(string path, JsonElement root)
    {
        string kind = (Nested(root, "rope_type") ?? Nested(root, "type"))?.GetString() ?? "default";
        double factor = Nested(root, "factor")?.GetDouble() ?? 1;
        int original = Nested(root, "original_max_position_embeddings")?.GetInt32() ?? Optional(root, "max_position_embeddings")?.GetInt32() ?? 8192;
        return kind switch
        {
            "default" => RopeScaling.None,
            "linear" => new RopeScaling(RopeScalingKind.Linear, factor),
            "yarn" => new RopeScaling(RopeScalingKind.Yarn, factor, original),
            "llama3" => new RopeScaling(
                RopeScalingKind.Llama3, factor, original, Nested(root, "low_freq_factor")?.GetDouble() ?? 1, Nested(root, "high_freq_factor")?.GetDouble() ?? 4),
            _ => throw new ModelFormatException($"{path}: rope type '{kind}' is not supported; expected default, linear, llama3 or yarn."),
        };
    }

    private static JsonObject? Scaling(RopeScaling scaling) => scaling.Kind switch
    {
        RopeScalingKind.None => null,
        RopeScalingKind.Linear => new JsonObject { ["rope_type"] = "linear", ["factor"] = scaling.Factor },
        RopeScalingKind.Yarn => new JsonObject
        {
            ["rope_type"] = "yarn", ["factor"] = scaling.Factor, ["original_max_position_embeddings"] = scaling.OriginalContext,
        },
        RopeScalingKind.Llama3 => new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = scaling.Factor,
            ["low_freq_factor"] = scaling.LowFactor,
            ["high_freq_factor"] = scaling.HighFactor,
            ["original_max_position_embeddings"] = scaling.OriginalContext,
        },
        _ => throw new ArgumentException("config.json cannot state explicit rotary divisors; save the model as GGUF."),
    };
}
