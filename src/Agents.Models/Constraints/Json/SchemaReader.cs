using System.Text.Json;

namespace Agents.Models.Constraints.Json;

/// <summary>Reads schemas: follows references, joins what is said about one value, and refuses keywords that would otherwise be ignored silently.</summary>
/// <param name="root">The document.</param>
internal sealed class SchemaReader(JsonElement root)
{
    private const int MaximumParts = 1 << 16;

    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly", "$defs", "definitions",
    };

    private int _parts;

    /// <summary>Joins schemas about one value.</summary>
    /// <param name="parts">The schemas; those that they refer to are added, and references marked as resolved.</param>
    /// <param name="choice">Alternatives of which one must hold besides the rest; null when nothing is left to choose.</param>
    /// <exception cref="ConstraintException">A schema is damaged, refers to itself without end, or uses something that is not supported.</exception>
    public SchemaShape Read(List<SchemaPart> parts, out List<SchemaPart>? choice)
    {
        choice = null;
        SchemaShape shape = new() { Path = parts.Count == 0 ? "#" : parts[0].Path };
        for (int i = 0; i < parts.Count; i++)
        {
            if (++_parts > MaximumParts)
            {
                throw new ConstraintException($"The schema at {shape.Path} unfolds into more than {MaximumParts} parts; use fewer alternatives (anyOf, oneOf, allOf).");
            }

            SchemaPart part = parts[i];
            if (part.Schema.ValueKind == JsonValueKind.Object)
            {
                ReadObject(shape, parts, i, ref choice);
            }
            else if (part.Schema.ValueKind == JsonValueKind.False)
            {
                shape.Impossible = true;
            }
            else if (part.Schema.ValueKind != JsonValueKind.True)
            {
                throw Error(part.Path, $"is {part.Schema.ValueKind}; expected an object or a boolean");
            }
        }

        return shape;
    }

    private void ReadObject(SchemaShape shape, List<SchemaPart> parts, int index, ref List<SchemaPart>? choice)
    {
        SchemaPart part = parts[index];
        bool hasObject = false;
        bool hasArray = false;
        foreach (JsonProperty keyword in part.Schema.EnumerateObject())
        {
            string place = $"{part.Path}/{keyword.Name}";
            switch (keyword.Name)
            {
                case "$ref":
                    if (!part.Resolved.HasFlag(SchemaReferences.All))
                    {
                        Follow(part, keyword.Value, place, parts);
                    }

                    break;
                case "allOf":
                    if (!part.Resolved.HasFlag(SchemaReferences.All))
                    {
                        parts.AddRange(List(part, keyword.Value, place));
                    }

                    break;
                case "anyOf" or "oneOf":
                    SchemaReferences own = keyword.Name == "anyOf" ? SchemaReferences.Any : SchemaReferences.One;
                    if (choice is null && !part.Resolved.HasFlag(own))
                    {
                        choice = List(part, keyword.Value, place);
                        parts[index] = parts[index] with { Resolved = parts[index].Resolved | own };
                    }

                    break;
                case "properties" or "required" or "additionalProperties" or "minProperties" or "maxProperties":
                    shape.Imply(SchemaTypes.Object, keyword.Name);
                    hasObject = true;
                    break;
                case "prefixItems" or "items" or "minItems" or "maxItems":
                    shape.Imply(SchemaTypes.Array, keyword.Name);
                    hasArray = true;
                    break;
                default:
                    if (!Annotations.Contains(keyword.Name))
                    {
                        SchemaKeywords.Read(shape, keyword, place);
                    }

                    break;
            }
        }

        parts[index] = parts[index] with { Resolved = parts[index].Resolved | SchemaReferences.All };
        if (hasObject)
        {
            SchemaKeywords.ReadObject(shape, part);
        }

        if (hasArray)
        {
            SchemaKeywords.ReadArray(shape, part);
        }
    }

    private static List<SchemaPart> List(SchemaPart part, JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            throw Error(place, "is no list of at least one schema");
        }

        return [.. value.EnumerateArray().Select((entry, index) => new SchemaPart(entry, $"{place}/{index}", part.Chain))];
    }

    private void Follow(SchemaPart part, JsonElement value, string place, List<SchemaPart> parts)
    {
        string reference = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Error(place, "is no string");
        if (reference is not "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
        {
            throw Error(place, $"is '{reference}'; only references inside the document are supported: '#' or '#/...'");
        }

        if (ReferenceChain.Has(part.Chain, reference))
        {
            throw Error(place, $"leads back to '{reference}' without any text in between; such a definition has no end ($ref cycle)");
        }

        if (parts.Exists(known => known.Chain?.Reference == reference && known.Path == reference))
        {
            return;
        }

        JsonElement at = root;
        foreach (string step in reference.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool found = at.ValueKind switch
            {
                JsonValueKind.Object => at.TryGetProperty(name, out at),
                JsonValueKind.Array when int.TryParse(name, out int index) && index >= 0 && index < at.GetArrayLength() => (at = at[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            if (!found)
            {
                throw Error(place, $"is '{reference}', which the document does not have");
            }
        }

        parts.Add(new SchemaPart(at, reference, new ReferenceChain(reference, part.Chain)));
    }

    public static ConstraintException Error(string place, string what) => new($"The schema is not accepted: {place} {what}.");
}
