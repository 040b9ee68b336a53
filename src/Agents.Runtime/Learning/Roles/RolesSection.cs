using System.Text.Json;
using Agents.Reasoning;
using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning.Roles;

/// <summary>Reads the part <c>roles</c> of a recipe.</summary>
internal static class RolesSection
{
    private const int LargestSamples = 1_024;

    private static readonly string[] Keys =
    [
        "strategy", "settings", "samples", "temperature", "maximumTokens", "questions", "rounds", "threshold", "minimumGap", "mergeIdentical", "preferenceFor", "pairsPerQuestion", "rank", "batchSize",
        "supervised", "preference",
    ];

    /// <summary>Reads the part.</summary>
    /// <param name="root">The recipe.</param>
    public static RolesSettings Read(YamlMap root)
    {
        YamlMap map = root.Map("roles", Keys);
        YamlMap supervised = map.Map("supervised", "epochs", "learningRate");
        YamlMap preference = map.Map("preference", "epochs", "learningRate", "beta");
        int samples = map.PositiveInt32("samples", 3);
        return new RolesSettings
        {
            Strategy = map.Text("strategy", "malt-tree"),
            StrategySettings = Settings(map),
            Samples = samples <= LargestSamples ? samples : map.Refuse("samples", $"is {samples}, at most {LargestSamples} are possible", 3),
            Temperature = map.PositiveNumber("temperature", 0.3),
            MaximumTokens = map.PositiveInt32("maximumTokens", 256),
            Questions = map.PositiveInt32("questions", 500),
            Rounds = map.PositiveInt32("rounds", 1),
            Threshold = map.Below("threshold", 0, 1, 0.5),
            MinimumGap = map.Has("minimumGap") ? map.PositiveNumber("minimumGap") : null,
            MergeIdentical = map.Boolean("mergeIdentical", false),
            RolesWithPreference = map.Has("preferenceFor") ? map.Texts("preferenceFor") : [ModelRoles.Verifier, ModelRoles.Refiner],
            PairsPerQuestion = map.PositiveInt32("pairsPerQuestion", 12),
            Rank = map.PositiveInt32("rank", 8),
            BatchSize = map.PositiveInt32("batchSize", 16),
            SupervisedEpochs = supervised.PositiveInt32("epochs", 2),
            SupervisedRate = supervised.PositiveNumber("learningRate", 1e-3),
            PreferenceEpochs = preference.PositiveInt32("epochs", 1),
            PreferenceRate = preference.PositiveNumber("learningRate", 3e-4),
            Beta = preference.PositiveNumber("beta", 0.2),
        };
    }

    private static JsonElement? Settings(YamlMap map)
    {
        if (!map.Has("settings"))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(map.Text("settings"));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : map.Refuse<JsonElement?>("settings", "is no JSON object", null);
        }
        catch (JsonException error)
        {
            return map.Refuse<JsonElement?>("settings", $"is no JSON object: {error.Message}", null);
        }
    }
}
