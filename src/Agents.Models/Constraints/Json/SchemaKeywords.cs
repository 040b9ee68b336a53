using System.Text.Json;

namespace Agents.Models.Constraints.Json;

/// <summary>Reads the keywords that say something about a value itself.</summary>
internal static class SchemaKeywords
{
    private static readonly Dictionary<string, SchemaTypes> Types = new(StringComparer.Ordinal)
    {
        ["null"] = SchemaTypes.Null,
        ["boolean"] = SchemaTypes.Boolean,
        ["integer"] = SchemaTypes.Integer,
        ["number"] = SchemaTypes.Number,
        ["string"] = SchemaTypes.String,
        ["array"] = SchemaTypes.Array,
        ["object"] = SchemaTypes.Object,
    };

    /// <summary>Reads a keyword about types, values, strings or numbers.</summary>
    /// <param name="shape">Receives it.</param>
    /// <param name="keyword">The keyword.</param>
    /// <param name="place">Where it stands.</param>
    /// <exception cref="ConstraintException">It is damaged or not supported.</exception>
    public static void Read(SchemaShape shape, JsonProperty keyword, string place)
    {
        JsonElement value = keyword.Value;
        switch (keyword.Name)
        {
            case "type":
                shape.Restrict(ReadTypes(value, place));
                break;
            case "enum":
                shape.RestrictValues(value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw SchemaReader.Error(place, "is no list of values"));
                break;
            case "const":
                shape.RestrictValues([value]);
                break;
            case "minLength":
                shape.Imply(SchemaTypes.String, keyword.Name);
                shape.MinimumLength = Math.Max(shape.MinimumLength, Count(value, place));
                break;
            case "maxLength":
                shape.Imply(SchemaTypes.String, keyword.Name);
                shape.MaximumLength = Math.Min(shape.MaximumLength ?? int.MaxValue, Count(value, place));
                break;
            case "pattern":
                SetPattern(shape, Text(value, place), search: true, place);
                break;
            case "format":
                string format = Text(value, place);
                SetPattern(
                    shape,
                    StringFormats.Find(format) ?? throw SchemaReader.Error(place, $"is '{format}', which is not supported; known are {StringFormats.KnownNames}"),
                    search: false,
                    place);
                break;
            case "minimum" or "exclusiveMinimum":
                shape.Imply(SchemaTypes.Number, keyword.Name);
                shape.Bounds = shape.Bounds.AtLeast(Number(value, place), keyword.Name == "exclusiveMinimum");
                break;
            case "maximum" or "exclusiveMaximum":
                shape.Imply(SchemaTypes.Number, keyword.Name);
                shape.Bounds = shape.Bounds.AtMost(Number(value, place), keyword.Name == "exclusiveMaximum");
                break;
            case "multipleOf" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int step) && step == 1:
                shape.Imply(SchemaTypes.Number, keyword.Name);
                shape.Restrict(SchemaTypes.All & ~SchemaTypes.Number | SchemaTypes.Integer);
                break;
            case "uniqueItems" when value.ValueKind == JsonValueKind.False:
                break;
            default:
                throw SchemaReader.Error(place, $"is not supported: the keyword '{keyword.Name}' cannot be enforced while decoding. Remove it, or check it afterwards");
        }
    }

    /// <summary>Reads what a schema says about objects as a whole; its properties are read when they are needed.</summary>
    public static void ReadObject(SchemaShape shape, SchemaPart part)
    {
        shape.Objects.Add(part);
        if (part.Schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind != JsonValueKind.Object)
        {
            throw SchemaReader.Error($"{part.Path}/properties", "is no object");
        }

        if (part.Schema.TryGetProperty("required", out JsonElement required))
        {
            string place = $"{part.Path}/required";
            if (required.ValueKind != JsonValueKind.Array)
            {
                throw SchemaReader.Error(place, "is no list of names");
            }

            foreach (JsonElement name in required.EnumerateArray())
            {
                shape.Required.Add(Text(name, place));
            }
        }

        if (part.Schema.TryGetProperty("minProperties", out JsonElement least))
        {
            shape.MinimumProperties = Math.Max(shape.MinimumProperties, Count(least, $"{part.Path}/minProperties"));
        }

        if (part.Schema.TryGetProperty("maxProperties", out JsonElement most))
        {
            shape.MaximumProperties = Math.Min(shape.MaximumProperties ?? int.MaxValue, Count(most, $"{part.Path}/maxProperties"));
        }
    }

    /// <summary>Reads what a schema says about arrays.</summary>
    public static void ReadArray(SchemaShape shape, SchemaPart part)
    {
        int prefix = 0;
        if (part.Schema.TryGetProperty("prefixItems", out JsonElement first))
        {
            string place = $"{part.Path}/prefixItems";
            if (first.ValueKind != JsonValueKind.Array)
            {
                throw SchemaReader.Error(place, "is no list of schemas");
            }

            foreach (JsonElement item in first.EnumerateArray())
            {
                if (prefix == shape.PrefixItems.Count)
                {
                    shape.PrefixItems.Add([]);
                }

                shape.PrefixItems[prefix].Add(new SchemaPart(item, $"{place}/{prefix}"));
                prefix++;
            }
        }

        if (part.Schema.TryGetProperty("items", out JsonElement items))
        {
            string place = $"{part.Path}/items";
            shape.Items.Add(items.ValueKind == JsonValueKind.Array
                ? throw SchemaReader.Error(place, "is a list, which is not supported; write prefixItems")
                : (new SchemaPart(items, place), prefix));
        }

        if (part.Schema.TryGetProperty("minItems", out JsonElement least))
        {
            shape.MinimumItems = Math.Max(shape.MinimumItems, Count(least, $"{part.Path}/minItems"));
        }

        if (part.Schema.TryGetProperty("maxItems", out JsonElement most))
        {
            shape.MaximumItems = Math.Min(shape.MaximumItems ?? int.MaxValue, Count(most, $"{part.Path}/maxItems"));
        }
    }

    private static void SetPattern(SchemaShape shape, string expression, bool search, string place)
    {
        shape.Imply(SchemaTypes.String, "pattern or format");
        shape.Pattern = shape.Pattern is null || shape.Pattern.Value.Expression == expression
            ? (expression, search, place)
            : throw SchemaReader.Error(place, $"cannot be enforced together with {shape.Pattern.Value.Path}; write one pattern");
    }

    private static SchemaTypes ReadTypes(JsonElement value, string place)
    {
        SchemaTypes types = SchemaTypes.None;
        IEnumerable<JsonElement> names = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        foreach (JsonElement name in names)
        {
            string text = Text(name, place);
            types |= Types.TryGetValue(text, out SchemaTypes type) ? type : throw SchemaReader.Error(place, $"is '{text}'; expected {string.Join(", ", Types.Keys)}");
        }

        return types;
    }

    private static string Text(JsonElement value, string place) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw SchemaReader.Error(place, "is no string");

    private static int Count(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && number >= 0 && decimal.IsInteger(number)
            ? (int)Math.Min(number, int.MaxValue)
            : throw SchemaReader.Error(place, "is no whole number of at least 0");

    private static decimal Number(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            throw SchemaReader.Error(place, "is no number");
        }

        // What is beyond a decimal is beyond every number that gets written, too.
        return value.TryGetDecimal(out decimal number) ? number
            : value.GetDouble() < 0 ? decimal.MinValue : decimal.MaxValue;
    }
}
