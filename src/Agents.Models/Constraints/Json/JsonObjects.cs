using System.Text;
using System.Text.Json;
using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Json;

/// <summary>
/// Objects with schemas for their properties: in the order of the schema, optional ones left out or not, additional ones behind where a schema names them
/// or where none has properties at all.
/// </summary>
/// <param name="json">Receives the states.</param>
/// <param name="ruleOf">Finds the rule of values that satisfy some schemas.</param>
internal sealed class JsonObjects(JsonGrammar json, Func<IReadOnlyList<SchemaPart>, int> ruleOf)
{
    private readonly GrammarBuilder _builder = json.Builder;

    /// <summary>Adds an object.</summary>
    /// <exception cref="ConstraintException">The number of properties is limited in a way that cannot be enforced.</exception>
    public void Add(SchemaShape shape, int from, int to)
    {
        List<(string Name, List<SchemaPart> Parts)> properties = Properties(shape, out List<SchemaPart>? additional);
        RequireCounts(shape, properties.Count, additional is not null);

        int open = json.AddSpace(_builder.AddText(from, "{"));
        int close = _builder.AddState();

        // Two rows of states: before the first property is written, and behind one, where a comma comes first.
        int none = open;
        int some = _builder.AddState();
        foreach ((string name, List<SchemaPart> parts) in properties)
        {
            int key = _builder.AddState();
            _builder.AddEmpty(none, key);
            _builder.AddEmpty(json.AddSpace(_builder.AddText(some, ",")), key);
            int nextNone = _builder.AddState();
            int nextSome = _builder.AddState();
            int value = json.AddSpace(_builder.AddText(key, JsonTexts.Quote(name) + ":"));
            _builder.AddCall(value, ruleOf(parts), nextSome);
            if (!shape.Required.Contains(name))
            {
                _builder.AddEmpty(none, nextNone);
                _builder.AddEmpty(some, nextSome);
            }

            none = nextNone;
            some = nextSome;
        }

        if (additional is not null)
        {
            int key = _builder.AddState();
            _builder.AddEmpty(none, key);
            _builder.AddEmpty(json.AddSpace(_builder.AddText(some, ",")), key);
            int colon = _builder.AddState();
            AddOtherName(key, [.. properties.Select(property => property.Name)], colon);
            _builder.AddCall(json.AddSpace(_builder.AddText(colon, ":")), ruleOf(additional), some);
        }

        _builder.AddEmpty(none, close);
        _builder.AddEmpty(json.AddSpace(some), close);
        _builder.AddBytes(close, '}', '}', to);
    }

    /// <summary>All named properties with everything that is said about them.</summary>
    private static List<(string Name, List<SchemaPart> Parts)> Properties(SchemaShape shape, out List<SchemaPart>? additional)
    {
        List<string> names = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        List<(Dictionary<string, SchemaPart> Own, SchemaPart? Others)> schemas = [];
        bool closed = false;
        bool asked = false;
        bool declares = false;
        additional = [];
        foreach (SchemaPart part in shape.Objects)
        {
            Dictionary<string, SchemaPart> own = new(StringComparer.Ordinal);
            if (part.Schema.TryGetProperty("properties", out JsonElement properties))
            {
                declares = true;
                foreach (JsonProperty property in properties.EnumerateObject())
                {
                    own.Add(property.Name, new SchemaPart(property.Value, $"{part.Path}/properties/{property.Name}"));
                    if (known.Add(property.Name))
                    {
                        names.Add(property.Name);
                    }
                }
            }

            SchemaPart? others = null;
            if (part.Schema.TryGetProperty("additionalProperties", out JsonElement rest))
            {
                others = new SchemaPart(rest, $"{part.Path}/additionalProperties");
                closed |= rest.ValueKind == JsonValueKind.False;
                asked |= rest.ValueKind != JsonValueKind.False;
                additional.Add(others.Value);
            }

            schemas.Add((own, others));
        }

        names.AddRange(shape.Required.Where(known.Add));
        if (closed || (declares && !asked))
        {
            additional = null;
        }

        return [.. names.Select(name => (name, schemas
            .Select(schema => schema.Own.TryGetValue(name, out SchemaPart own) ? own : schema.Others)
            .OfType<SchemaPart>().ToList()))];
    }

    private static void RequireCounts(SchemaShape shape, int declared, bool open)
    {
        if (shape.MinimumProperties > shape.Required.Count)
        {
            throw SchemaReader.Error(shape.Path, $"has minProperties {shape.MinimumProperties} but only {shape.Required.Count} required properties; name the required ones instead");
        }

        if (shape.MaximumProperties is { } most && (open || most < declared))
        {
            throw SchemaReader.Error(shape.Path, $"has maxProperties {most}, which cannot be enforced; name the properties, and set additionalProperties to false");
        }
    }

    /// <summary>Adds a quoted name, written without escapes, that is none of some names.</summary>
    private void AddOtherName(int from, List<string> names, int to)
    {
        int free = _builder.AddState();
        int start = _builder.AddText(from, "\"");
        _builder.AddCharacter(free, JsonGrammar.PlainCharacters, free);
        _builder.AddBytes(free, '"', '"', to);
        Dictionary<string, int> states = new(StringComparer.Ordinal) { [""] = start };
        Dictionary<string, HashSet<int>> followers = new(StringComparer.Ordinal) { [""] = [] };
        foreach (string name in names)
        {
            string prefix = "";
            foreach (Rune rune in name.EnumerateRunes())
            {
                string longer = prefix + rune;
                if (followers[prefix].Add(rune.Value))
                {
                    states.Add(longer, _builder.AddState());
                    followers.Add(longer, []);
                    CharacterSet next = CharacterSet.Of((rune.Value, rune.Value)).Intersect(JsonGrammar.PlainCharacters);
                    if (!next.IsEmpty)
                    {
                        _builder.AddCharacter(states[prefix], next, states[longer]);
                    }
                }

                prefix = longer;
            }
        }

        HashSet<string> taken = new(names, StringComparer.Ordinal);
        foreach ((string prefix, int state) in states)
        {
            CharacterSet used = CharacterSet.Of([.. followers[prefix].Select(value => (value, value))]);
            _builder.AddCharacter(state, JsonGrammar.PlainCharacters.Except(used), free);
            if (!taken.Contains(prefix))
            {
                _builder.AddBytes(state, '"', '"', to);
            }
        }
    }
}
