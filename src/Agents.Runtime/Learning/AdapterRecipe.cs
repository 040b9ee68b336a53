using Agents.Runtime.Yaml;
using Agents.Training.Adapters;
using Agents.Training.Optimization;

namespace Agents.Runtime.Learning;

/// <summary>The part <c>adapter</c> of a recipe.</summary>
internal static class AdapterRecipe
{
    private static readonly string[] Keys = ["from", "kind", "rank", "alpha", "targets", "exactNorms"];

    /// <summary>Reads which adapter is trained further.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="folder">Folder that paths are relative to.</param>
    /// <returns>A PEFT folder or GGUF file; null for a new adapter.</returns>
    public static string? Start(YamlMap root, string folder)
    {
        YamlMap adapter = root.Map("adapter", Keys);
        if (!adapter.Has("from"))
        {
            return null;
        }

        foreach (string key in Keys.Skip(1).Where(adapter.Has))
        {
            adapter.Refuse(key, "comes from the adapter that 'adapter.from' names; remove it", 0);
        }

        return Path.GetFullPath(adapter.Text("from"), folder);
    }

    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="model">Its part <c>model</c>.</param>
    /// <param name="training">Its part <c>training</c>; the optimizer's defaults are those of fine-tuning.</param>
    /// <returns>Settings, or null where the recipe trains all weights.</returns>
    public static AdapterTrainerOptions? Read(YamlMap root, YamlMap model, YamlMap training)
    {
        if (!root.Has("adapter"))
        {
            return null;
        }

        YamlMap adapter = root.Map("adapter", Keys);
        if (!model.Has("from"))
        {
            root.Refuse("adapter", "needs a model to change: give model.from", 0);
        }

        string kind = adapter.Choice("kind", "lora", "rslora", "dora");
        AdapterOptions defaults = new();
        AdapterTrainerOptions memory = new();
        return new AdapterTrainerOptions
        {
            Adapter = new AdapterOptions
            {
                Kind = kind == "dora" ? AdapterKind.Dora : AdapterKind.Lora,
                RankStabilized = kind == "rslora",
                Rank = adapter.PositiveInt32("rank", defaults.Rank),
                Alpha = adapter.PositiveNumber("alpha", defaults.Alpha),
                TargetModules = adapter.Has("targets") ? adapter.Texts("targets") : defaults.TargetModules,
                ExactNormGradient = adapter.Boolean("exactNorms", defaults.ExactNormGradient),
                Seed = (ulong)Math.Max(0, root.Integer("seed", 0)),
            },
            MaximumRows = training.PositiveInt32("rowsPerBatch", 2_048),
            RecomputeLayers = training.Boolean("recomputeLayers", memory.RecomputeLayers),
            Optimizer = new AdamWOptions
            {
                Beta1 = training.Below("beta1", 0, 1, memory.Optimizer.Beta1),
                Beta2 = training.Below("beta2", 0, 1, memory.Optimizer.Beta2),
                WeightDecay = training.AtLeast("weightDecay", 0.0, memory.Optimizer.WeightDecay),
                MaximumGradientNorm = training.PositiveNumber("clip", memory.Optimizer.MaximumGradientNorm),
            },
        };
    }
}
