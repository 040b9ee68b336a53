using System.Collections.Immutable;
using Agents.Runtime.Yaml;
using Agents.Training.Loops;
using Agents.Training.Loss;

namespace Agents.Runtime.Learning;

/// <summary>Reads the part <c>reinforcement</c> of a recipe: an algorithm, and what differs from its bundle.</summary>
internal static class ReinforcementSection
{
    private static readonly string[] Keys =
    [
        "algorithm", "advantages", "loss", "aggregation", "clipLow", "clipHigh", "dualClip", "kl", "entropy", "questions", "groupSize", "groupsPerStep", "temperature",
        "maximumTokens", "updatesPerStep", "mode", "staleness", "dynamicSampling", "maskTruncated", "overlong", "rewards", "deadSteps", "mismatch",
    ];

    private static readonly string[] Advantages = ["grpo", "dr-grpo", "rloo", "reinforce++", "reinforce++-baseline", "opo"];
    private static readonly string[] Losses = [PpoClipLoss.LossId, ReinforceLoss.LossId, SequenceClipLoss.GspoId, SequenceClipLoss.RlooId, CispoLoss.LossId];
    private static readonly string[] Aggregations = ["token-mean", "sequence-mean", "sequence-sum", "constant-length"];
    private static readonly string[] Rewards = ["correct", "partial", "format"];
    private static readonly string[] Estimators = ["k1", "k2", "k3", "k3+"];

    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="folder">Folder that paths are relative to.</param>
    public static ReinforcementSettings Read(YamlMap root, string folder)
    {
        YamlMap map = root.Map("reinforcement", Keys);
        ReinforcementSettings preset = ReinforcementPresets.Find(map.Choice("algorithm", [.. ReinforcementPresets.Names]));
        YamlMap kl = map.Map("kl", "estimator", "coefficient", "reference");
        YamlMap overlong = map.Map("overlong", "buffer", "factor");
        YamlMap mismatch = map.Map("mismatch", "limit", "ratio");
        string mode = map.Choice("mode", map.Has("staleness") ? ["async", "off", "streaming"] : ["off", "streaming", "async"]);
        int staleness = map.AtLeast("staleness", 0, mode == "async" ? 1 : 0);
        if (mode != "async" && staleness > 0)
        {
            map.Refuse("staleness", $"is {staleness} while 'mode' is {mode}, where every step samples with its own weights; remove one of them", 0);
        }

        int groupSize = map.AtLeast("groupSize", 1, preset.GroupSize);
        string advantages = Either(map, "advantages", preset.Advantages, Advantages);
        if (groupSize < 2 && advantages is not "reinforce++")
        {
            map.Refuse("groupSize", $"is {groupSize}; the advantages '{advantages}' compare the answers of a question and need at least 2", 0);
        }

        int maximumTokens = map.PositiveInt32("maximumTokens", preset.MaximumTokens);
        int buffer = overlong.AtLeast("buffer", 0, Math.Min(preset.OverlongBuffer, maximumTokens));
        if (buffer > maximumTokens)
        {
            overlong.Refuse("buffer", $"is {buffer}, it must not exceed 'maximumTokens', {maximumTokens}", 0);
        }

        return preset with
        {
            Advantages = advantages,
            Loss = Either(map, "loss", preset.Loss, Losses),
            Aggregation = Either(map, "aggregation", preset.Aggregation, Aggregations),
            ClipLow = map.Below("clipLow", 0, 1, preset.ClipLow),
            ClipHigh = map.AtLeast("clipHigh", 0.0, preset.ClipHigh),
            DualClip = map.Has("dualClip") ? DualClip(map) : preset.DualClip,
            KlEstimator = kl.Has("estimator") ? Estimator(kl.Choice("estimator", Estimators)) : preset.KlEstimator,
            KlCoefficient = kl.AtLeast("coefficient", 0.0, preset.KlCoefficient),
            KlReference = kl.Text("reference", "start") is not "start" and string path ? Path.GetFullPath(path, folder) : null,
            Entropy = map.Number("entropy", preset.Entropy),
            Questions = map.PositiveInt32("questions", preset.Questions),
            GroupSize = groupSize,
            GroupsPerStep = map.PositiveInt32("groupsPerStep", preset.GroupsPerStep),
            Temperature = map.PositiveNumber("temperature", preset.Temperature),
            MaximumTokens = maximumTokens,
            UpdatesPerStep = map.PositiveInt32("updatesPerStep", preset.UpdatesPerStep),
            Mode = mode switch
            {
                "async" => Asynchrony.Async,
                "streaming" => Asynchrony.Streaming,
                _ => Asynchrony.Off,
            },
            Staleness = staleness,
            DynamicSampling = map.Boolean("dynamicSampling", preset.DynamicSampling),
            MaskTruncated = map.Boolean("maskTruncated", preset.MaskTruncated),
            OverlongBuffer = buffer,
            OverlongFactor = overlong.AtLeast("factor", 0.0, preset.OverlongFactor),
            Rewards = map.Has("rewards") ? ReadRewards(map) : preset.Rewards,
            DeadStepLimit = map.PositiveInt32("deadSteps", preset.DeadStepLimit),
            MismatchLimit = mismatch.AtLeast("limit", 0.0, preset.MismatchLimit),
            MismatchRatio = mismatch.AtLeast("ratio", 1.0, preset.MismatchRatio),
        };
    }

    /// <summary>Reads a word whose value comes from the bundle when it is missing.</summary>
    private static string Either(YamlMap map, string key, string preset, string[] choices) => map.Has(key) ? map.Choice(key, choices) : preset;

    private static double? DualClip(YamlMap map)
    {
        if (map.Text("dualClip") == "none")
        {
            return null;
        }

        double value = map.Number("dualClip");
        return !map.IsSound("dualClip") || value > 1 ? value : map.Refuse<double?>("dualClip", $"is {value}, it must exceed 1, or be none", null);
    }

    private static KlEstimator Estimator(string name) => name switch
    {
        "k1" => KlEstimator.K1,
        "k2" => KlEstimator.K2,
        "k3+" => KlEstimator.K3WithK2Gradient,
        _ => KlEstimator.K3,
    };

    private static ImmutableArray<RewardSetting> ReadRewards(YamlMap map)
    {
        var rewards = ImmutableArray.CreateBuilder<RewardSetting>();
        foreach (YamlMap entry in map.Maps("rewards", "name", "weight"))
        {
            RewardSetting reward = new(entry.Has("name") ? entry.Choice("name", Rewards) : entry.Text("name"), entry.Number("weight", 1));
            if (rewards.Any(other => other.Name == reward.Name) && reward.Name.Length > 0)
            {
                entry.Refuse("name", $"is '{reward.Name}', which is there twice", 0);
            }

            rewards.Add(reward);
        }

        return map.IsSound("rewards") && rewards.All(reward => reward.Weight == 0)
            ? map.Refuse<ImmutableArray<RewardSetting>>("rewards", "has no component with a weight other than 0; nothing would be rewarded", [])
            : rewards.ToImmutable();
    }
}
