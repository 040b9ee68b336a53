using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning;

/// <summary>Checks that a recipe has only the parts that its loop reads: a part that would be ignored in silence is an error.</summary>
internal static class LoopSections
{
    /// <summary>Keys of the part <c>preference</c>.</summary>
    public static readonly string[] PreferenceKeys =
    [
        "loss", "beta", "labelSmoothing", "margin", "oddsWeight", "desirable", "undesirable", "file", "sample", "pairsPerQuestion", "pairsPerStep",
    ];

    /// <summary>Checks the parts.</summary>
    public static void Check(YamlMap root, YamlMap model, YamlMap training, YamlMap data, TrainingLoop loop)
    {
        bool supervised = loop == TrainingLoop.Supervised;
        string name = loop.ToString().ToLowerInvariant();
        Belongs(root, "preference", loop == TrainingLoop.Preference, "preference", name);
        Belongs(root, "reinforcement", loop == TrainingLoop.Reinforcement, "reinforcement", name);
        Belongs(root, "rejection", loop == TrainingLoop.Rejection, "rejection", name);
        Belongs(root, "roles", loop == TrainingLoop.Roles, "roles", name);
        foreach (string part in (string[])["training", "adapter", "output", "checkpoint"])
        {
            Belongs(root, part, loop != TrainingLoop.Roles, "every loop but roles, which has settings of its own", name);
        }

        Belongs(root, "validation", supervised, "supervised", name);
        Belongs(root, "tokenizer", supervised, "supervised", name);
        Belongs(data, "promptWeight", supervised, "supervised", name);
        foreach (string key in (string[])["tokensPerStep", "maximumSequence", "overlong"])
        {
            Belongs(training, key, loop is TrainingLoop.Supervised or TrainingLoop.Rejection, "supervised or rejection", name);
        }

        if (!supervised && !model.Has("from"))
        {
            root.Refuse("loop", $"is {name}, which improves a model that can answer already: give model.from", 0);
        }

        if (loop == TrainingLoop.Preference && root.Has("data") && root.Map("preference", PreferenceKeys).Has("file"))
        {
            root.Refuse("data", "is not read when 'preference.file' gives the pairs; remove one of them", 0);
        }
    }

    private static void Belongs(YamlMap map, string key, bool holds, string loops, string loop)
    {
        if (map.Has(key) && !holds)
        {
            map.Refuse(key, $"belongs to 'loop: {loops}'; this recipe's loop is {loop}", 0);
        }
    }
}
