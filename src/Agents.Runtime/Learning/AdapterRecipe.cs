using Agents.Runtime.Yaml;
using Agents.Training.Adapters;
using Agents.Training.Optimization;

namespace Agents.Runtime.Learning;

/// <summary>The part <c>adapter</c> of a recipe.</summary>
internal static class AdapterRecipe
{
    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="model">Its part <c>model</c>.</param>
    /// <param name="training">Its part <c>training</c>; the optimizer's defaults are those of fine-tuning.</param>
    /// <returns>Settings, or null where the recipe trains all weights.</returns>
    /// <exception cref="YamlFormatException">A key or value is wrong, or there is no model that the adapter could change.</exception>
    public static AdapterTrainerOptions? Read(YamlMap root, YamlMap model, YamlMap training)
    {
        if (!root.Has("adapter"))
        {
            return null;
        }

        YamlMap adapter = root.Map("adapter", "kind", "rank", "alpha", "targets", "exactNorms");
        if (!model.Has("from"))
        {
            throw root.Broken("adapter", "needs a model to change: give model.from");
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
                Rank = adapter.Int32("rank", defaults.Rank),
                Alpha = adapter.Number("alpha", defaults.Alpha),
                TargetModules = adapter.Has("targets") ? adapter.Texts("targets") : defaults.TargetModules,
                ExactNormGradient = adapter.Boolean("exactNorms", defaults.ExactNormGradient),
                Seed = (ulong)root.Integer("seed", 0),
            },
            MaximumRows = training.Int32("rowsPerBatch", 2_048),
            RecomputeLayers = training.Boolean("recomputeLayers", memory.RecomputeLayers),
            Optimizer = new AdamWOptions
            {
                Beta1 = training.Number("beta1", memory.Optimizer.Beta1),
                Beta2 = training.Number("beta2", memory.Optimizer.Beta2),
                WeightDecay = training.Number("weightDecay", memory.Optimizer.WeightDecay),
                MaximumGradientNorm = training.Number("clip", memory.Optimizer.MaximumGradientNorm),
            },
        };
    }
}
