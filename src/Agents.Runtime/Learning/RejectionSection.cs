using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning;

/// <summary>Reads the part <c>rejection</c> of a recipe.</summary>
internal static class RejectionSection
{
    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    public static RejectionSettings Read(YamlMap root)
    {
        YamlMap map = root.Map("rejection", "rounds", "sample", "keepPerQuestion");
        return new RejectionSettings(map.PositiveInt32("rounds", 2), SamplingSection.Read(map, perQuestion: 4, highestPassRate: 1), map.PositiveInt32("keepPerQuestion", 4));
    }
}
