using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agents.Models.Tests.Constraints;

/// <summary>
/// A plain reading of JSON schema on whole values, written without the compiler's code: what the keywords of the tests mean according to the public
/// specification, with oneOf read as anyOf.
/// </summary>
internal sealed class SchemaValidator(JsonElement root)
{
    public static bool Validates(string schema, string text)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        using JsonDocument value = JsonDocument.Parse(text);
        return new SchemaValidator(document.RootElement).Holds(document.RootElement, value.RootElement);
    }

    private bool Holds(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True;
        }

        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            if (!Holds(schema, keyword.Name, keyword.Value, value))
            {
                return false;
            }
        }

        return true;
    }

    private bool Holds(JsonElement schema, string keyword, JsonElement rule, JsonElement value)
    {
        bool text = value.ValueKind == JsonValueKind.String;
        bool number = value.ValueKind == JsonValueKind.Number;
        bool array = value.ValueKind == JsonValueKind.Array;
        bool map = value.ValueKind == JsonValueKind.Object;
        return keyword switch
        {
            "type" => rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => IsOfType(type.GetString()!, value)) : IsOfType(rule.GetString()!, value),
            "enum" => rule.EnumerateArray().Any(entry => JsonElement.DeepEquals(entry, value)),
            "const" => JsonElement.DeepEquals(rule, value),
            "anyOf" or "oneOf" => rule.EnumerateArray().Any(part => Holds(part, value)),
            "allOf" => rule.EnumerateArray().All(part => Holds(part, value)),
            "$ref" => Holds(Find(rule.GetString()!), value),
            "minLength" => !text || Length(value) >= rule.GetInt32(),
            "maxLength" => !text || Length(value) <= rule.GetInt32(),
            "pattern" => !text || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.CultureInvariant),
            "format" => !text || IsOfFormat(rule.GetString()!, value.GetString()!),
            "minimum" => !number || value.GetDouble() >= rule.GetDouble(),
            "maximum" => !number || value.GetDouble() <= rule.GetDouble(),
            "exclusiveMinimum" => !number || value.GetDouble() > rule.GetDouble(),
            "exclusiveMaximum" => !number || value.GetDouble() < rule.GetDouble(),
            "minItems" => !array || value.GetArrayLength() >= rule.GetInt32(),
            "maxItems" => !array || value.GetArrayLength() <= rule.GetInt32(),
            "prefixItems" => !array || rule.EnumerateArray().Zip(value.EnumerateArray()).All(pair => Holds(pair.First, pair.Second)),
            "items" => !array || value.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0).All(item => Holds(rule, item)),
            "required" => !map || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "properties" => !map || value.EnumerateObject().All(property => !rule.TryGetProperty(property.Name, out JsonElement own) || Holds(own, property.Value)),
            "additionalProperties" => !map || value.EnumerateObject().All(property =>
                (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(property.Name, out _)) || Holds(rule, property.Value)),
            _ => true,
        };
    }

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
    };

    private static bool IsOfFormat(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
        "date-time" => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" or "ipv6" => System.Net.IPAddress.TryParse(text, out _),
        "email" => System.Net.Mail.MailAddress.TryCreate(text, out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "hostname" => Uri.CheckHostName(text) == UriHostNameType.Dns || System.Net.IPAddress.TryParse(text, out _),
        "time" => TimeOnly.TryParse(text[..8], System.Globalization.CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    private static int Length(JsonElement value) => value.GetString()!.EnumerateRunes().Count();

    private JsonElement Find(string reference)
    {
        JsonElement at = root;
        foreach (string step in reference.Split('/').Skip(1))
        {
            at = at.GetProperty(step);
        }

        return at;
    }
}
