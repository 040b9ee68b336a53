using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning;

/// <summary>Reads how answers are sampled for pairs and for rejection sampling.</summary>
internal static class SamplingSection
{
    private static readonly string[] Keys = ["questions", "perQuestion", "temperature", "maximumTokens", "passRate"];

    /// <summary>Reads the part <c>sample</c> of a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="perQuestion">Answers per question unless given.</param>
    /// <param name="highestPassRate">Largest share of right answers unless given.</param>
    public static SamplingSettings Read(YamlMap section, int perQuestion, double highestPassRate)
    {
        YamlMap sample = section.Map("sample", Keys);
        YamlMap rate = sample.Map("passRate", "lowest", "highest");
        SamplingSettings settings = new(
            sample.PositiveInt32("questions", 1_000),
            sample.AtLeast("perQuestion", 1, perQuestion),
            sample.PositiveNumber("temperature", 1),
            sample.PositiveInt32("maximumTokens", 128),
            rate.Within("lowest", 0, 1, 0),
            rate.Within("highest", 0, 1, highestPassRate));
        return settings.LowestPassRate <= settings.HighestPassRate
            ? settings
            : rate.Refuse("lowest", $"is above 'highest'; no question could be used", settings);
    }
}
