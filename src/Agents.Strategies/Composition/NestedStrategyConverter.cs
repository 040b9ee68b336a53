using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Strategies.Composition;

/// <summary>Reads a nested strategy from its id or from an object, and refuses keys that it does not know.</summary>
public sealed class NestedStrategyConverter : JsonConverter<NestedStrategy>
{
    private const string Known = "strategy, samples, temperature, maxTokens, settings";

    /// <inheritdoc/>
    /// <exception cref="JsonException">It is neither text nor an object.</exception>
    /// <exception cref="ArgumentException">A key is unknown, a value has the wrong type, or the id is missing.</exception>
    public override NestedStrategy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new NestedStrategy(reader.GetString()!);
        }

        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A nested strategy is an id or an object.");
        }

        NestedStrategy nested = new("");
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            nested = Set(nested, property);
        }

        return nested.Strategy.Length > 0
            ? nested
            : throw new ArgumentException($"A nested strategy needs its id under 'strategy'; it may have {Known}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NestedStrategy value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        writer.WriteString("strategy", value.Strategy);
        if (value.Samples is { } samples)
        {
            writer.WriteNumber("samples", samples);
        }

        if (value.Temperature is { } temperature)
        {
            writer.WriteNumber("temperature", temperature);
        }

        if (value.MaxTokens is { } maxTokens)
        {
            writer.WriteNumber("maxTokens", maxTokens);
        }

        if (value.Settings is { } settings)
        {
            writer.WritePropertyName("settings");
            settings.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static NestedStrategy Set(NestedStrategy nested, JsonProperty property)
    {
        JsonElement value = property.Value;
        switch (property.Name)
        {
            case "strategy" when value.ValueKind == JsonValueKind.String:
                return nested with { Strategy = value.GetString()! };
            case "samples" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int samples):
                return nested with { Samples = samples };
            case "temperature" when value.ValueKind == JsonValueKind.Number:
                return nested with { Temperature = value.GetDouble() };
            case "maxTokens" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int maxTokens):
                return nested with { MaxTokens = maxTokens };
            case "settings" when value.ValueKind is JsonValueKind.Object or JsonValueKind.Null:
                return nested with { Settings = value.ValueKind == JsonValueKind.Null ? null : value.Clone() };
            case "strategy" or "samples" or "temperature" or "maxTokens" or "settings":
                throw new ArgumentException($"The value of '{property.Name}' of a nested strategy does not fit: {value.GetRawText()}. Give an id, a whole number, a number, a whole number, an object ({Known}).");
            default:
                throw new ArgumentException($"A nested strategy has no '{property.Name}'. {NearestNames.Describe(property.Name, Known.Split(", "))}");
        }
    }
}
