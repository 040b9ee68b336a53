using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agents.Reasoning;

namespace Agents.Strategies;

/// <summary>Reads a strategy's own settings from the request, refusing names it does not know.</summary>
public static class StrategySettings
{
    /// <summary>Reads settings.</summary>
    /// <typeparam name="T">Settings with defaults.</typeparam>
    /// <param name="options">Options of the request.</param>
    /// <param name="strategy">Id of the strategy, for messages.</param>
    /// <param name="defaults">The settings when none are given. Their type has its defaults in its constructor: source-generated JSON loses those of init-only properties.</param>
    /// <param name="type">Source-generated type information that disallows unknown members.</param>
    /// <param name="descriptions">Known names.</param>
    /// <exception cref="ArgumentException">A name is unknown or a value does not fit.</exception>
    public static T Read<T>(StrategyOptions options, string strategy, T defaults, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string> descriptions)
        where T : class
    {
        if (Given(options) is not { } settings)
        {
            return defaults;
        }

        return Read(settings, strategy, defaults, type, descriptions);
    }

    private static T Read<T>(JsonElement settings, string strategy, T defaults, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string> descriptions)
        where T : class
    {
        if (settings.ValueKind != JsonValueKind.Object)
        {
            throw Broken(strategy, $"they are a JSON {settings.ValueKind}, give an object", descriptions.Keys);
        }

        string[] unknown = [.. settings.EnumerateObject().Where(property => !descriptions.ContainsKey(property.Name)).Select(property => $"there is no '{property.Name}'")];
        if (unknown.Length > 0)
        {
            throw Broken(strategy, string.Join("; ", unknown), descriptions.Keys);
        }

        try
        {
            return settings.Deserialize(type) ?? defaults;
        }
        catch (JsonException error)
        {
            throw Broken(strategy, $"the value at '{error.Path}' has the wrong type", descriptions.Select(pair => $"{pair.Key} ({pair.Value})"), error);
        }
    }

    /// <summary>Refuses settings where a strategy has none.</summary>
    /// <param name="options">Options of the request.</param>
    /// <param name="strategy">Id of the strategy, for messages.</param>
    /// <exception cref="ArgumentException">There is a setting.</exception>
    public static void RequireNone(StrategyOptions options, string strategy)
    {
        if (Given(options) is { } settings && (settings.ValueKind != JsonValueKind.Object || settings.EnumerateObject().Any()))
        {
            throw Broken(strategy, "this strategy has no settings of its own", []);
        }
    }

    /// <summary>Whether a number can be a temperature.</summary>
    /// <param name="value">The number; null for a default.</param>
    public static bool IsTemperature(double? value) => value is null || (double.IsFinite(value.Value) && value >= 0);

    private static JsonElement? Given(StrategyOptions options) =>
        options.Settings is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } settings && !IsEmpty(settings) ? settings : null;

    private static bool IsEmpty(JsonElement settings) => settings.ValueKind == JsonValueKind.Object && !settings.EnumerateObject().MoveNext();

    internal static ArgumentException Broken(string strategy, string sentence, IEnumerable<string> known, Exception? cause = null)
    {
        string list = string.Join(", ", known);
        return new ArgumentException($"The settings of '{strategy}' do not fit: {sentence}.{(list.Length > 0 ? $" Known settings: {list}." : "")}", cause);
    }
}
