using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agents.Reasoning;

namespace Agents.Plugins.SelfAggregation;

/// <summary>Reads a strategy's own settings from the request, refusing names it does not know.</summary>
internal static class StrategySettings
{
    /// <summary>Reads settings.</summary>
    /// <typeparam name="T">Settings with defaults.</typeparam>
    /// <param name="options">Options of the request.</param>
    /// <param name="strategy">Id of the strategy, for messages.</param>
    /// <param name="type">Source-generated type information that disallows unknown members.</param>
    /// <param name="descriptions">Known names.</param>
    /// <exception cref="ArgumentException">A name is unknown or a value does not fit.</exception>
    public static T Read<T>(StrategyOptions options, string strategy, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string> descriptions)
        where T : class, new()
    {
        if (options.Settings is not { } settings || settings.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return new T();
        }

        try
        {
            return settings.Deserialize(type) ?? new T();
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The settings of '{strategy}' do not fit: {error.Message} Known settings: {string.Join(", ", descriptions.Keys)}.", error);
        }
    }

    /// <summary>Throws when a rule does not hold.</summary>
    /// <param name="holds">The rule.</param>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="sentence">What is wrong.</param>
    public static void Require(bool holds, string strategy, string sentence)
    {
        if (!holds)
        {
            throw new ArgumentException($"The settings of '{strategy}' do not fit: {sentence}.");
        }
    }
}
