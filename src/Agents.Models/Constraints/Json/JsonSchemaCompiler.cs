using System.Text.Json;
using Agents.Models.Constraints.Grammars;
using Agents.Models.Constraints.Regex;

namespace Agents.Models.Constraints.Json;

/// <summary>
/// Turns JSON schemas (2020-12) into grammars of texts that satisfy them. Every text of the grammar is valid; not every valid text is one: properties come
/// in the order of the schema, additional ones only where the schema asks for them, oneOf means anyOf. A schema without a type is what its keywords speak about.
/// </summary>
internal sealed class JsonSchemaCompiler
{
    private const int LongestSchema = 1 << 18;
    private const int DeepestChoice = 64;

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private readonly GrammarBuilder _builder;
    private readonly JsonGrammar _json;
    private readonly NumberRanges _numbers;
    private readonly JsonObjects _objects;
    private readonly JsonArrays _arrays;
    private readonly SchemaReader _reader;
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly Queue<(GrammarRule Rule, List<SchemaPart> Parts)> _open = [];

    private JsonSchemaCompiler(JsonElement root, GrammarBuilder builder)
    {
        _reader = new SchemaReader(root);
        _builder = builder;
        _json = new JsonGrammar(builder);
        _numbers = new NumberRanges(_json);
        _objects = new JsonObjects(_json, RuleOf);
        _arrays = new JsonArrays(_json, RuleOf);
    }

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <exception cref="ConstraintException">The schema is damaged, too large, or uses something that is not supported; the message names the place.</exception>
    public static Grammar Compile(string schema)
    {
        GrammarBuilder builder = new();
        builder.AddRule("#", out GrammarRule root);
        AddTo(builder, schema, root.Start, root.End);
        return builder.Build();
    }

    /// <summary>Adds JSON that satisfies a schema between two states of a grammar that has its root rule already.</summary>
    /// <exception cref="ConstraintException">The schema is damaged, too large, or uses something that is not supported; the message names the place.</exception>
    public static void AddTo(GrammarBuilder builder, string schema, int from, int to)
    {
        if (schema.Length > LongestSchema)
        {
            throw new ConstraintException($"The schema has {schema.Length} characters; expected at most {LongestSchema}.");
        }

        using JsonDocument document = Parse(schema);
        JsonSchemaCompiler compiler = new(document.RootElement, builder);
        compiler.Add([new SchemaPart(document.RootElement, "#")], from, to, 0);
        while (compiler._open.TryDequeue(out (GrammarRule Rule, List<SchemaPart> Parts) next))
        {
            compiler.Add(next.Parts, next.Rule.Start, next.Rule.End, 0);
        }
    }

    private static JsonDocument Parse(string schema)
    {
        try
        {
            return JsonDocument.Parse(schema, Limits);
        }
        catch (JsonException error)
        {
            throw new ConstraintException($"The schema is no JSON of at most {Limits.MaxDepth} levels without duplicate names: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // Names and texts with half of a surrogate pair have no characters.
            throw new ConstraintException($"The schema holds text that is not valid Unicode: {error.Message}", error);
        }
    }

    /// <summary>The rule of values that satisfy some schemas; the same schemas have one rule.</summary>
    private int RuleOf(IReadOnlyList<SchemaPart> parts)
    {
        string key = string.Join('\n', parts.Select(part => part.Key));
        if (!_rules.TryGetValue(key, out int number))
        {
            number = _builder.AddRule(parts.Count == 0 ? "#" : parts[0].Path, out GrammarRule rule);
            _rules.Add(key, number);
            _open.Enqueue((rule, [.. parts.Select(part => part with { Chain = null })]));
        }

        return number;
    }

    private void Add(List<SchemaPart> parts, int from, int to, int depth)
    {
        SchemaShape shape = _reader.Read(parts, out List<SchemaPart>? choice);
        if (shape.Impossible)
        {
            return;
        }

        if (choice is null)
        {
            AddShape(shape, from, to);
            return;
        }

        if (depth == DeepestChoice)
        {
            throw SchemaReader.Error(shape.Path, $"nests choices (anyOf, oneOf) deeper than {DeepestChoice}");
        }

        foreach (SchemaPart alternative in choice)
        {
            int start = _builder.AddState();
            _builder.AddEmpty(from, start);
            Add([.. parts, alternative], start, to, depth + 1);
        }
    }

    private void AddShape(SchemaShape shape, int from, int to)
    {
        SchemaTypes types = shape.Types ?? (shape.Values is null && shape.Implied != SchemaTypes.None ? shape.Implied : SchemaTypes.All);
        if (shape.Values is not null)
        {
            if (shape.Restriction is { } keyword)
            {
                throw SchemaReader.Error(shape.Path, $"has enum or const beside '{keyword}'; leave out the values that do not satisfy it, and the keyword");
            }

            _builder.AddTexts(from, shape.Values.Where(value => (value.Type & types) == value.Type).Select(value => value.Text), to);
            return;
        }

        if (types == SchemaTypes.All && shape.Implied == SchemaTypes.None)
        {
            _json.AddValue(from, to);
            return;
        }

        if (types.HasFlag(SchemaTypes.Null))
        {
            _builder.AddTexts(from, ["null"], to);
        }

        if (types.HasFlag(SchemaTypes.Boolean))
        {
            _builder.AddTexts(from, ["true", "false"], to);
        }

        if (types.HasFlag(SchemaTypes.Integer))
        {
            AddNumber(shape, types.HasFlag(SchemaTypes.Number), from, to);
        }

        if (types.HasFlag(SchemaTypes.String))
        {
            AddString(shape, from, to);
        }

        if (types.HasFlag(SchemaTypes.Array))
        {
            _arrays.Add(shape, from, to);
        }

        if (types.HasFlag(SchemaTypes.Object))
        {
            _objects.Add(shape, from, to);
        }
    }

    private void AddNumber(SchemaShape shape, bool fractions, int from, int to)
    {
        if (shape.Bounds.IsNone)
        {
            if (fractions)
            {
                _json.AddNumber(from, to);
            }
            else
            {
                _json.AddInteger(from, to);
            }
        }
        else if (fractions)
        {
            _numbers.AddNumbers(from, shape.Bounds, to, shape.Path);
        }
        else
        {
            _numbers.AddIntegers(from, shape.Bounds, to);
        }
    }

    private void AddString(SchemaShape shape, int from, int to)
    {
        if (shape.MinimumLength > shape.MaximumLength)
        {
            return;
        }

        if (shape.Pattern is { } pattern)
        {
            RegexNode expression = Parse(pattern);
            (long least, long? most) = RegexLength.Of(expression);
            if (least < shape.MinimumLength || (shape.MaximumLength is { } maximum && (most is null || most > maximum)))
            {
                throw SchemaReader.Error(
                    pattern.Path, "matches texts outside minLength and maxLength; the two cannot be enforced together, so put the length into the pattern, with ^ and $");
            }

            int open = _builder.AddText(from, "\"");
            int close = _builder.AddState();
            RegexCompiler.Add(_builder, expression, open, close, (_, before, set, behind) => _json.AddCharacter(before, set, behind));
            _builder.AddBytes(close, '"', '"', to);
        }
        else if (shape.MinimumLength == 0 && shape.MaximumLength is null)
        {
            _json.AddString(from, to);
        }
        else
        {
            _json.AddText(from, shape.MinimumLength, shape.MaximumLength, to);
        }
    }

    private static RegexNode Parse((string Expression, bool Search, string Path) pattern)
    {
        try
        {
            return RegexParser.Parse(pattern.Expression, pattern.Search);
        }
        catch (ConstraintException error)
        {
            throw new ConstraintException($"The schema is not accepted at {pattern.Path}: {error.Message}", error);
        }
    }
}
