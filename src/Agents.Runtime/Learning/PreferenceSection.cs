using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning;

/// <summary>Reads the part <c>preference</c> of a recipe.</summary>
internal static class PreferenceSection
{
    private static readonly string[] Losses = ["dpo", "cdpo", "robust", "ipo", "simpo", "orpo", "kto"];

    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="folder">Folder that paths are relative to.</param>
    public static PreferenceSettings Read(YamlMap root, string folder)
    {
        YamlMap map = root.Map("preference", LoopSections.PreferenceKeys);
        string loss = map.Choice("loss", Losses);
        bool smoothed = loss is "cdpo" or "robust";
        Belongs(map, "labelSmoothing", smoothed, "cdpo and robust");
        Belongs(map, "margin", loss == "simpo", "simpo");
        Belongs(map, "oddsWeight", loss == "orpo", "orpo");
        Belongs(map, "beta", loss != "orpo", "every loss but orpo");
        Belongs(map, "desirable", loss == "kto", "kto");
        Belongs(map, "undesirable", loss == "kto", "kto");
        if (map.Has("file") && map.Has("sample"))
        {
            map.Refuse("file", "or 'sample': pairs have exactly one source", "");
        }

        SamplingSettings? sampling = map.Has("file") ? null : SamplingSection.Read(map, perQuestion: 4, highestPassRate: 1);
        if (sampling is { PerQuestion: < 2 })
        {
            map.Refuse("sample", "needs at least 2 answers per question (perQuestion): a pair is a right and a wrong one", 0);
        }

        return new PreferenceSettings
        {
            Loss = loss,
            Beta = map.PositiveNumber("beta", loss == "simpo" ? 2 : 0.1),
            LabelSmoothing = map.Below("labelSmoothing", 0, 0.5, smoothed ? 0.1 : 0),
            Margin = map.AtLeast("margin", 0.0, 1),
            OddsWeight = map.AtLeast("oddsWeight", 0.0, 0.1),
            Desirable = map.AtLeast("desirable", 0.0, 1),
            Undesirable = map.AtLeast("undesirable", 0.0, 1),
            File = map.Has("file") ? Path.GetFullPath(map.Text("file"), folder) : null,
            Sampling = sampling,
            PairsPerQuestion = map.PositiveInt32("pairsPerQuestion", 1),
            PairsPerStep = map.PositiveInt32("pairsPerStep", 16),
        };
    }

    private static void Belongs(YamlMap map, string key, bool holds, string losses)
    {
        if (map.Has(key) && !holds)
        {
            map.Refuse(key, $"is a setting of {losses}; remove it or change 'loss'", 0);
        }
    }
}
