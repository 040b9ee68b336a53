using System.Text.Json;
using Agents.Models.Files;
using Agents.Models.Safetensors;
using Agents.Numerics.Formats;

namespace Agents.Models.Adapters;

/// <summary>LoRA, rsLoRA and DoRA adapters as folders of the PEFT library: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class PeftAdapter
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";
    private const string SuffixA = ".lora_A.weight";
    private const string SuffixB = ".lora_B.weight";
    private const string SuffixMagnitude = ".lora_magnitude_vector";

    /// <summary>What the magnitudes are called inside the library, and in folders of programs that do not rename them.</summary>
    private const string LongSuffixMagnitude = SuffixMagnitude + ".weight";

    /// <summary>Reads an adapter.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="ModelFormatException">A file is damaged, or the adapter needs something that this build does not apply.</exception>
    public static LoraAdapter Load(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        PeftConfig config = PeftConfig.Read(folder);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        List<LoraMatrices> matrices = [];
        try
        {
            foreach (SafetensorsTensor tensor in file.Tensors)
            {
                if (tensor.Name.EndsWith(SuffixA, StringComparison.Ordinal))
                {
                    matrices.Add(Read(file, tensor, config));
                }
                else if (Partner(tensor.Name, config) is not { } partner || !file.TryGetTensor(partner, out _))
                {
                    throw Broken(file, $"tensor '{tensor.Name}' is no part of a {(config.IsDora ? "DoRA" : "LoRA")} pair");
                }
            }

            return matrices.Count > 0
                ? new LoraAdapter(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), matrices, config.Alpha, config.RankStabilized)
                : throw Broken(file, "it holds no LoRA pair");
        }
        catch (Exception error)
        {
            matrices.ForEach(factor => factor.Dispose());
            if (error is ArgumentException)
            {
                throw new ModelFormatException($"{file.Name}: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Writes an adapter. The configuration is written last, so a folder with one is complete.</summary>
    /// <param name="folder">The folder; created if missing.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="baseModel">Name or path of the base model, for other programs.</param>
    public static void Save(string folder, LoraAdapter adapter, string? baseModel = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(adapter);
        Directory.CreateDirectory(folder);
        using (SafetensorsWriter writer = new(Path.Combine(folder, WeightsName)))
        {
            writer.AddMetadata("format", "pt");
            foreach (LoraMatrices factor in adapter.Matrices)
            {
                writer.DeclareTensor(Prefix + Module(factor) + SuffixA, ElementType.F32, factor.Rank, factor.Inputs);
                writer.DeclareTensor(Prefix + Module(factor) + SuffixB, ElementType.F32, factor.Outputs, factor.Rank);
                if (factor.HasMagnitude)
                {
                    writer.DeclareTensor(Prefix + Module(factor) + SuffixMagnitude, ElementType.F32, factor.Outputs);
                }
            }

            foreach (LoraMatrices factor in adapter.Matrices)
            {
                writer.WriteFloats(Prefix + Module(factor) + SuffixA, factor.AValues);
                writer.WriteFloats(Prefix + Module(factor) + SuffixB, factor.BValues);
                if (factor.HasMagnitude)
                {
                    writer.WriteFloats(Prefix + Module(factor) + SuffixMagnitude, factor.MagnitudeValues);
                }
            }

            writer.Commit();
        }

        using AtomicFile file = new(Path.Combine(folder, PeftConfig.FileName));
        using (Utf8JsonWriter json = new(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            WriteConfig(json, adapter, baseModel);
        }

        file.Commit();
    }

    private static void WriteConfig(Utf8JsonWriter json, LoraAdapter adapter, string? baseModel)
    {
        json.WriteStartObject();
        json.WriteString("peft_type", "LORA");
        json.WriteString("task_type", "CAUSAL_LM");
        if (baseModel is not null)
        {
            json.WriteString("base_model_name_or_path", baseModel);
        }

        json.WriteNumber("r", adapter.MaximumRank);
        json.WriteNumber("lora_alpha", adapter.Alpha == 0 ? adapter.MaximumRank : adapter.Alpha);
        json.WriteBoolean("use_rslora", adapter.RankStabilized);
        json.WriteBoolean("use_dora", adapter.IsDora);
        json.WriteString("bias", "none");
        json.WriteStartArray("target_modules");
        foreach (string module in adapter.Matrices.Select(factor => Module(factor).Split('.')[^1]).Distinct().Order(StringComparer.Ordinal))
        {
            json.WriteStringValue(module);
        }

        json.WriteEndArray();
        json.WriteStartObject("rank_pattern");
        foreach (LoraMatrices factor in adapter.Matrices.Where(factor => factor.Rank != adapter.MaximumRank))
        {
            json.WriteNumber(Module(factor), factor.Rank);
        }

        json.WriteEndObject();
        json.WriteStartObject("alpha_pattern");
        foreach (LoraMatrices factor in adapter.Matrices)
        {
            double general = adapter.Alpha == 0 ? adapter.MaximumRank : adapter.Alpha;
            if (LoraAdapter.ScaleOf(general, factor.Rank, adapter.RankStabilized) != factor.Scale)
            {
                json.WriteNumber(Module(factor), factor.Scale * (adapter.RankStabilized ? Math.Sqrt(factor.Rank) : factor.Rank));
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static LoraMatrices Read(SafetensorsFile file, SafetensorsTensor a, PeftConfig config)
    {
        string module = a.Name[..^SuffixA.Length];
        if (!file.TryGetTensor(module + SuffixB, out SafetensorsTensor? b))
        {
            throw Broken(file, $"tensor '{module}{SuffixB}' is missing beside '{a.Name}'");
        }

        if (!module.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Broken(file, $"tensor '{a.Name}' does not start with '{Prefix}'");
        }

        if (a.Shape is not [var rank, var inputs] || b.Shape is not [var outputs, var rankOfB] || rank != rankOfB
            || rank < 1 || inputs < 1 || outputs < 1 || Math.Max(Math.Max(rank, inputs), outputs) > int.MaxValue || rank > Math.Max(inputs, outputs))
        {
            throw Broken(file, $"'{module}' has A [{string.Join(", ", a.Shape)}] and B [{string.Join(", ", b.Shape)}]; expected [rank, inputs] and [outputs, rank]");
        }

        SafetensorsTensor? magnitude = null;
        if (config.IsDora && !file.TryGetTensor(module + SuffixMagnitude, out magnitude) && !file.TryGetTensor(module + LongSuffixMagnitude, out magnitude))
        {
            throw Broken(file, $"'use_dora' is true, but tensor '{module}{SuffixMagnitude}' is missing beside '{a.Name}'");
        }

        if (magnitude is not null && (magnitude.Shape is not [var count] || count != outputs))
        {
            throw Broken(file, $"'{magnitude.Name}' has shape [{string.Join(", ", magnitude.Shape)}]; expected [{outputs}], one magnitude per output");
        }

        module = module[Prefix.Length..];
        float scale = LoraAdapter.ScaleOf(config.AlphaOf(module), (int)rank, config.RankStabilized);
        LoraMatrices factors = new(module + ".weight", (int)rank, (int)inputs, (int)outputs, scale, config.IsDora);
        try
        {
            file.ReadFloats(a, factors.AValues);
            file.ReadFloats(b, factors.BValues);
            if (magnitude is not null)
            {
                file.ReadFloats(magnitude, factors.MagnitudeValues);
            }

            return factors;
        }
        catch
        {
            factors.Dispose();
            throw;
        }
    }

    /// <summary>Name of A to which another tensor belongs, or null where the configuration has no such tensor.</summary>
    private static string? Partner(string name, PeftConfig config)
    {
        if (name.EndsWith(SuffixB, StringComparison.Ordinal))
        {
            return name[..^SuffixB.Length] + SuffixA;
        }

        foreach (string suffix in config.IsDora ? (ReadOnlySpan<string>)[SuffixMagnitude, LongSuffixMagnitude] : [])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return name[..^suffix.Length] + SuffixA;
            }
        }

        return null;
    }

    private static string Module(LoraMatrices factor) => factor.Name[..^".weight".Length];

    private static ModelFormatException Broken(SafetensorsFile file, string what) => new($"{file.Name}: {what}.");
}
