using System.Text.Json;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;

namespace Agents.Runtime.Reasoning;

/// <summary>Finds strategies by id; unknown ids and misspelt settings are errors that name the nearest known ones.</summary>
internal static class StrategyLookup
{
    /// <summary>Finds a strategy.</summary>
    /// <param name="features">Where strategies are.</param>
    /// <param name="id">Id of the strategy.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="StrategyNotFoundException">The id is unknown.</exception>
    /// <exception cref="ArgumentException">An option is out of range or a setting's name is unknown.</exception>
    public static FeatureUse<IReasoningStrategy> Find(IFeatureSource features, string id, StrategyOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        options.Validate();
        if (options.Settings is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } settings)
        {
            CheckNames(id, settings, features);
        }

        return features.Acquire<IReasoningStrategy>(id) ?? throw StrategyNotFoundException.For(id, [.. features.List<IReasoningStrategy>().Select(info => info.Id)]);
    }

    private static void CheckNames(string id, JsonElement settings, IFeatureSource features)
    {
        if (settings.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"The settings of the strategy '{id}' are a JSON {settings.ValueKind}; give an object.");
        }

        JsonElement.ObjectEnumerator given = settings.EnumerateObject();
        if (!given.MoveNext())
        {
            return;
        }

        CheckNames(id, settings, features.List<IReasoningStrategy>());
    }

    private static void CheckNames(string id, JsonElement settings, IReadOnlyList<FeatureInfo> strategies)
    {
        // A strategy that documents no settings checks them itself.
        FeatureInfo? info = strategies.FirstOrDefault(one => one.Id == id);
        if (info is not { Settings.Count: > 0 })
        {
            return;
        }

        string[] broken = [.. settings.EnumerateObject()
            .Where(property => !info.Settings.ContainsKey(property.Name))
            .Select(property => $"'{property.Name}'. {NearestNames.Describe(property.Name, [.. info.Settings.Keys])}")];
        if (broken.Length > 0)
        {
            throw new ArgumentException($"The strategy '{id}' has no setting {string.Join(" Nor ", broken)}");
        }
    }
}
