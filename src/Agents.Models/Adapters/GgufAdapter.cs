using Agents.Models.Checkpoints;
using Agents.Models.Decoder;
using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Adapters;

/// <summary>LoRA adapters as GGUF files, the form that llama.cpp loads (papers/00-quantization-baselines §6).</summary>
public static class GgufAdapter
{
    private const string SuffixA = ".lora_a";
    private const string SuffixB = ".lora_b";
    private const string AlphaKey = "adapter.lora.alpha";

    /// <summary>Reads an adapter.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The base model: names its weights, and whether rows are stored in another order.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, is no LoRA adapter, or belongs to another model.</exception>
    public static LoraAdapter Load(string path, ModelShape shape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(shape);
        using GgufFile file = GgufFile.Open(path);
        RequireText(file, "general.type", "adapter");
        RequireText(file, "adapter.type", "lora");
        RequireText(file, "general.architecture", shape.Architecture);
        float alpha = file.Metadata.GetSingle(AlphaKey);
        Dictionary<string, TensorPlan> weights = TensorPlan.Of(shape).Where(plan => plan.Rows > 1)
            .ToDictionary(plan => GgufTensorNames.FromCheckpoint(plan.Name), StringComparer.Ordinal);
        List<LoraMatrices> matrices = [];
        try
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (tensor.Name.EndsWith(SuffixB, StringComparison.Ordinal))
                {
                    string name = tensor.Name[..^SuffixB.Length];
                    _ = file.TryGetTensor(name + SuffixA, out _) ? name : throw Broken(file, $"tensor '{name}{SuffixA}' is missing beside '{tensor.Name}'");
                }
                else if (tensor.Name.EndsWith(SuffixA, StringComparison.Ordinal))
                {
                    matrices.Add(Read(file, tensor, weights, shape, alpha));
                }
                else if (!tensor.Name.EndsWith("_norm.weight", StringComparison.Ordinal))
                {
                    throw Broken(file, $"tensor '{tensor.Name}' is no half of a LoRA pair");
                }
            }

            return matrices.Count > 0
                ? new LoraAdapter(file.Metadata.GetString("general.name", null) ?? Path.GetFileNameWithoutExtension(path), matrices, alpha)
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

    /// <summary>Writes an adapter atomically.</summary>
    /// <param name="path">The final path; its folder must exist.</param>
    /// <param name="adapter">The adapter; all its scales follow from its alpha.</param>
    /// <param name="shape">The base model.</param>
    /// <param name="type">F32, F16, BF16 or Q8_0; rows that are no whole blocks are written as F32.</param>
    /// <exception cref="ArgumentException">The adapter is DoRA, or the type is none that adapters are written in.</exception>
    /// <exception cref="ModelFormatException">The adapter belongs to another model.</exception>
    public static void Save(string path, LoraAdapter adapter, ModelShape shape, ElementType type = ElementType.F32)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(shape);
        adapter.RequireFits(shape);
        if (adapter.IsDora)
        {
            throw new ArgumentException($"Adapter '{adapter.Name}' is DoRA, and GGUF adapters have no place for its magnitudes; save it as a PEFT folder, or merge it into the model and save that.", nameof(adapter));
        }

        if (type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16 or ElementType.Q8_0))
        {
            throw new ArgumentException($"Adapters are written as F32, F16, BF16 or Q8_0, not as {type}.", nameof(type));
        }

        // Readers compute alpha / rank; other scales (rank stabilization, mixed ranks and alphas) are folded into B.
        double alpha = adapter.RankStabilized || adapter.Alpha == 0 ? adapter.MaximumRank : adapter.Alpha;
        using GgufWriter writer = new(path);
        writer.AddMetadata("general.type", GgufValue.Of("adapter"));
        writer.AddMetadata("general.architecture", GgufValue.Of(shape.Architecture));
        writer.AddMetadata("general.name", GgufValue.Of(adapter.Name));
        writer.AddMetadata("adapter.type", GgufValue.Of("lora"));
        writer.AddMetadata(AlphaKey, GgufValue.Of((float)alpha));
        foreach (LoraMatrices factor in adapter.Matrices)
        {
            string name = GgufTensorNames.FromCheckpoint(factor.Name);
            writer.DeclareTensor(name + SuffixA, TypeOf(type, factor.Inputs), factor.Rank, factor.Inputs);
            writer.DeclareTensor(name + SuffixB, TypeOf(type, factor.Rank), factor.Outputs, factor.Rank);
        }

        foreach (LoraMatrices factor in adapter.Matrices)
        {
            string name = GgufTensorNames.FromCheckpoint(factor.Name);
            writer.WriteFloats(name + SuffixA, factor.AValues);
            writer.WriteFloats(name + SuffixB, Outputs(factor, shape, factor.Scale / LoraAdapter.ScaleOf((float)alpha, factor.Rank, rankStabilized: false)));
        }

        writer.Commit();
    }

    private static ElementType TypeOf(ElementType type, int rowLength) => rowLength % BlockFormats.Get(type).BlockElements == 0 ? type : ElementType.F32;

    private static LoraMatrices Read(GgufFile file, GgufTensor a, Dictionary<string, TensorPlan> weights, ModelShape shape, float alpha)
    {
        string name = a.Name[..^SuffixA.Length];
        if (!weights.TryGetValue(name, out TensorPlan plan))
        {
            throw Broken(file, $"tensor '{a.Name}' changes '{name}', which the base model ({shape.Architecture}, {shape.Layers.Length} layers) does not have");
        }

        if (!file.TryGetTensor(name + SuffixB, out GgufTensor? b))
        {
            throw Broken(file, $"tensor '{name}{SuffixB}' is missing beside '{a.Name}'");
        }

        if (a.Shape is not [var rank, var inputs] || b.Shape is not [var outputs, var rankOfB]
            || rank != rankOfB || inputs != plan.Columns || outputs != plan.Rows || rank < 1 || rank > Math.Max(plan.Rows, plan.Columns))
        {
            throw Broken(
                file,
                $"'{name}' has A [{string.Join(", ", a.Shape)}] and B [{string.Join(", ", b.Shape)}]; expected [rank, {plan.Columns}] and [{plan.Rows}, rank] with one rank");
        }

        if (!BlockFormats.TryGet(a.Type, out _) || !BlockFormats.TryGet(b.Type, out _))
        {
            throw Broken(file, $"'{name}' is stored as {BlockLayouts.NameOf(a.Type)} and {BlockLayouts.NameOf(b.Type)}, which this build cannot decode");
        }

        LoraMatrices factors = new(plan.Name, (int)rank, plan.Columns, plan.Rows, LoraAdapter.ScaleOf(alpha, (int)rank, rankStabilized: false));
        try
        {
            file.ReadFloats(a, factors.AValues);
            if (!IsPermuted(plan.Name, shape))
            {
                file.ReadFloats(b, factors.BValues);
                return factors;
            }

            var stored = new float[factors.BValues.Length];
            file.ReadFloats(b, stored);
            LlamaRowPermutation.ToCheckpoint<float>(stored, factors.BValues, shape.Layers[0].HeadSize, factors.Rank);
            return factors;
        }
        catch
        {
            factors.Dispose();
            throw;
        }
    }

    /// <summary>B in file order, multiplied by what the file's alpha does not express.</summary>
    private static float[] Outputs(LoraMatrices factor, ModelShape shape, float share)
    {
        float[] values = factor.BValues.ToArray();
        if (share != 1)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] *= share;
            }
        }

        if (!IsPermuted(factor.Name, shape))
        {
            return values;
        }

        var stored = new float[values.Length];
        LlamaRowPermutation.ToFile<float>(values, stored, shape.Layers[0].HeadSize, factor.Rank);
        return stored;
    }

    private static bool IsPermuted(string name, ModelShape shape) => shape.Architecture == "llama" && GgufTensorNames.IsPermuted(name);

    private static void RequireText(GgufFile file, string key, string expected)
    {
        string found = file.Metadata.GetString(key);
        if (found != expected)
        {
            throw Broken(file, $"'{key}' is '{found}', expected '{expected}'");
        }
    }

    private static ModelFormatException Broken(GgufFile file, string what) => new($"{file.Name}: {what}.");
}
