using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Models.Adapters;

/// <summary><c>adapter_config.json</c> of a PEFT folder, as far as it changes numbers; what this build cannot apply is refused by name.</summary>
internal sealed partial record PeftConfig(int Rank, double Alpha, bool RankStabilized, bool IsDora, IReadOnlyDictionary<string, double> AlphaPattern)
{
    public const string FileName = "adapter_config.json";

    private const long MaximumBytes = 4 << 20;

    public static PeftConfig Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException($"{path}: no such file; a PEFT adapter folder needs it.", path);
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
            throw new ModelFormatException($"{path}: is no adapter configuration of the expected form: {error.Message}", error);
        }
    }

    /// <summary>The alpha of one weight: the first pattern that ends the module's name, or the general one.</summary>
    /// <param name="module">For example <c>model.layers.0.self_attn.q_proj</c>.</param>
    public double AlphaOf(string module)
    {
        foreach ((string pattern, double alpha) in AlphaPattern)
        {
            if (module == pattern || module.EndsWith("." + pattern, StringComparison.Ordinal))
            {
                return alpha;
            }
        }

        return Alpha;
    }

    private static PeftConfig Parse(string path, JsonElement root)
    {
        Require(path, root, "peft_type", "LORA", value => value.GetString() == "LORA");
        Require(path, root, "bias", "none", value => value.GetString() == "none");
        RequireAbsent(path, root, "fan_in_fan_out");
        RequireAbsent(path, root, "modules_to_save");
        RequireAbsent(path, root, "lora_bias");
        int rank = root.GetProperty("r").GetInt32();
        if (rank < 1)
        {
            throw new ModelFormatException($"{path}: 'r' is {rank}, expected a rank of at least 1.");
        }

        Dictionary<string, double> alphas = new(StringComparer.Ordinal);
        if (root.TryGetProperty("alpha_pattern", out JsonElement patterns) && patterns.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty pattern in patterns.EnumerateObject())
            {
                alphas[PlainName().IsMatch(pattern.Name)
                    ? pattern.Name
                    : throw new ModelFormatException($"{path}: the alpha pattern '{pattern.Name}' is no plain module name.")] = pattern.Value.GetDouble();
            }
        }

        return new PeftConfig(rank, root.GetProperty("lora_alpha").GetDouble(), IsSet(root, "use_rslora"), IsSet(root, "use_dora"), alphas);
    }

    private static bool IsSet(JsonElement root, string key) => root.TryGetProperty(key, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static void Require(string path, JsonElement root, string key, string expected, Func<JsonElement, bool> holds)
    {
        if (root.TryGetProperty(key, out JsonElement value) && !holds(value))
        {
            throw new ModelFormatException($"{path}: '{key}' is {value.GetRawText()}; this build applies only '{expected}'.");
        }
    }

    private static void RequireAbsent(string path, JsonElement root, string key)
    {
        if (root.TryGetProperty(key, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
            && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
        {
            throw new ModelFormatException(string.Create(CultureInfo.InvariantCulture, $"{path}: '{key}' is {value.GetRawText()}, which this build does not apply."));
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.]+$", RegexOptions.NonBacktracking)]
    private static partial Regex PlainName();
}
