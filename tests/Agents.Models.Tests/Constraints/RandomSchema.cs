using System.Globalization;
using System.Text.Json.Nodes;

namespace Agents.Models.Tests.Constraints;

/// <summary>
/// Draws JSON schemas: every type with its keywords, nested, with choices, conjunctions and references that may lead back to the schema they stand in. Bounds may
/// exclude each other, so some schemas have no value at all.
/// </summary>
internal sealed class RandomSchema(SampleStream stream)
{
    private static readonly string[] Names = ["a", "b", "name", "\u00e4\"\\", "long property name", "7", ""];
    private static readonly string[] Patterns = ["^[a-f0-9]{2,5}$", "^(yes|no)$", "x", "^\\d+\\.\\d$", "^\u00fc?[^\"]+$", "^\\w+( \\w+){0,2}$"];
    private static readonly string[] Formats = ["date", "time", "uuid", "ipv4", "email"];
    private static readonly string[] Values = ["null", "true", "0", "-1.5", "\"x\"", "\"\\u00e9\\n\"", "[]", "[1,[2]]", "{}", "{\"k\":[null]}"];

    private SampleStream _stream = stream;

    /// <summary>Draws a schema as JSON text.</summary>
    public string Next()
    {
        JsonObject root = Draw(depth: 3, references: true);
        root["$defs"] = new JsonObject { ["p"] = Draw(depth: 1, references: true), ["q"] = Draw(depth: 1, references: false) };
        return root.ToJsonString();
    }

    private JsonObject Draw(int depth, bool references) => _stream.NextInt(depth > 0 ? 13 : 7) switch
    {
        0 => new JsonObject { ["type"] = "boolean" },
        1 => DrawInteger(),
        2 => DrawNumber(),
        3 or 4 => DrawText(),
        5 => DrawEnumeration(),
        6 => references ? new JsonObject { ["$ref"] = Pick("#/$defs/p", "#/$defs/q") } : new JsonObject { ["type"] = "null" },
        7 or 8 => DrawArray(depth - 1, references),
        9 => new JsonObject { [Pick("anyOf", "oneOf")] = new JsonArray(Draw(depth - 1, references), Draw(depth - 1, references)) },
        10 => new JsonObject { ["allOf"] = new JsonArray(DrawObject(depth - 1, references), DrawObject(depth - 1, references)) },
        _ => DrawObject(depth - 1, references),
    };

    private JsonObject DrawInteger()
    {
        JsonObject schema = new() { ["type"] = "integer" };
        int low = _stream.NextInt(4000) - 2000;
        Maybe(schema, Pick("minimum", "exclusiveMinimum"), () => low);
        Maybe(schema, Pick("maximum", "exclusiveMaximum"), () => low + _stream.NextInt(300) - 5);
        return schema;
    }

    private JsonObject DrawNumber()
    {
        JsonObject schema = new() { ["type"] = "number" };
        decimal low = (_stream.NextInt(4000) - 2000) / 100m;
        Maybe(schema, "minimum", () => JsonNode.Parse(low.ToString(CultureInfo.InvariantCulture))!);
        Maybe(schema, "maximum", () => JsonNode.Parse((low + (_stream.NextInt(500) / 10m)).ToString(CultureInfo.InvariantCulture))!);
        return schema;
    }

    private JsonObject DrawText()
    {
        JsonObject schema = new() { ["type"] = _stream.NextInt(4) == 0 ? new JsonArray("string", "null") : "string" };
        switch (_stream.NextInt(4))
        {
            case 0:
                schema["pattern"] = Patterns[_stream.NextInt(Patterns.Length)];
                break;
            case 1:
                schema["format"] = Formats[_stream.NextInt(Formats.Length)];
                break;
            default:
                int least = _stream.NextInt(5);
                Maybe(schema, "minLength", () => least);
                Maybe(schema, "maxLength", () => least + _stream.NextInt(9) - 1);
                break;
        }

        return schema;
    }

    private JsonObject DrawEnumeration() => _stream.NextInt(3) == 0
        ? new JsonObject { ["const"] = DrawValue() }
        : new JsonObject { ["enum"] = new JsonArray(DrawValue(), DrawValue(), DrawValue()) };

    private JsonObject DrawArray(int depth, bool references)
    {
        JsonObject schema = new() { ["type"] = "array" };
        Maybe(schema, "prefixItems", () => new JsonArray(Draw(depth, references), Draw(0, references)));
        Maybe(schema, "items", () => _stream.NextInt(5) == 0 ? JsonValue.Create(false) : Draw(depth, references));
        int least = _stream.NextInt(3);
        Maybe(schema, "minItems", () => least);
        Maybe(schema, "maxItems", () => least + _stream.NextInt(4) - 1);
        return schema;
    }

    private JsonObject DrawObject(int depth, bool references)
    {
        JsonObject properties = [];
        for (int i = _stream.NextInt(4); i >= 0; i--)
        {
            properties[Names[_stream.NextInt(Names.Length)]] = Draw(depth, references);
        }

        string[] required = [.. properties.Select(property => property.Key).Where(_ => _stream.NextInt(2) == 0)];
        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties };
        Maybe(schema, "required", () => new JsonArray([.. required.Select(name => (JsonNode)name)]));
        Maybe(schema, "additionalProperties", () => _stream.NextInt(2) == 0 ? JsonValue.Create(false) : Draw(0, references));
        return schema;
    }

    private JsonNode? DrawValue() => JsonNode.Parse(Values[_stream.NextInt(Values.Length)]);

    private string Pick(string first, string second) => _stream.NextInt(2) == 0 ? first : second;

    private void Maybe(JsonObject schema, string keyword, Func<JsonNode?> value)
    {
        if (_stream.NextInt(2) == 0)
        {
            schema[keyword] = value();
        }
    }
}
