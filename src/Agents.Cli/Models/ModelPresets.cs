using Agents.Cli.Output;
using Agents.Models;

namespace Agents.Cli.Models;

/// <summary>Shapes for random models: those of published checkpoints, for measuring and testing without their weights.</summary>
internal static class ModelPresets
{
    /// <summary>Gets the presets by name. Sizes as in the published configurations.</summary>
    public static IReadOnlyDictionary<string, ModelShape> All { get; } = new SortedDictionary<string, ModelShape>(StringComparer.Ordinal)
    {
        ["tiny"] = ModelShape.Uniform("llama", 512, 256, 4, new LayerShape(4, 2, 64, 512), 1024) with { TiedEmbeddings = true },
        ["qwen2.5-0.5b"] = ModelShape.Uniform("qwen2", 151_936, 896, 24, new LayerShape(14, 2, 64, 4864), 32_768) with { TiedEmbeddings = true, RopeTheta = 1_000_000 },
        ["llama-3.2-1b"] = ModelShape.Uniform("llama", 128_256, 2048, 16, new LayerShape(32, 8, 64, 8192), 131_072) with
        {
            TiedEmbeddings = true,
            RopeTheta = 500_000,
            RopeScaling = new RopeScaling(RopeScalingKind.Llama3, Factor: 32),
        },
        ["qwen3-0.6b"] = ModelShape.Uniform("qwen3", 151_936, 1024, 28, new LayerShape(16, 8, 128, 3072), 40_960) with { TiedEmbeddings = true, RopeTheta = 1_000_000 },
    };

    /// <summary>Finds a preset.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="UsageException">There is none; the message offers the nearest.</exception>
    public static ModelShape Find(string name) =>
        All.TryGetValue(name, out ModelShape? shape)
            ? shape
            : throw new UsageException($"There is no shape '{name}'. {NearestNames.Describe(name, [.. All.Keys])}");
}
