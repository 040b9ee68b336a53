using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Agents.Runtime.Yaml;

/// <summary>
/// One mapping of a YAML file, read strictly: an unknown key is an error with its line and the nearest known key, because a misspelt key would otherwise be
/// ignored in silence. Aliases and deep nesting are refused. With a collector, errors are gathered there and reading goes on with a harmless value.
/// </summary>
public sealed class YamlMap
{
    private const int MaximumDepth = 16;
    private readonly Dictionary<string, YamlNode> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly YamlErrors? _errors;
    private readonly YamlNode _node;
    private readonly string _source;
    private readonly string _place;

    private YamlMap(YamlNode node, string source, string place, YamlErrors? errors, string[] known)
    {
        _node = node;
        _source = source;
        _place = place;
        _errors = errors;
        if (node is not YamlMappingNode mapping)
        {
            Fail(node, $"expected a mapping with the keys {string.Join(", ", known)}");
            return;
        }

        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            if (key is not YamlScalarNode { Value: { } name })
            {
                Fail(key, "a key must be text");
            }
            else if (!known.Contains(name))
            {
                Fail(key, $"the key '{name}' is unknown. {NearestNames.Describe(name, known)}");
            }
            else
            {
                _keys[name] = value;
            }
        }
    }

    /// <summary>Reads a document whose root is a mapping.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Name of the file, for errors.</param>
    /// <param name="known">Keys of the root.</param>
    /// <exception cref="YamlFormatException">The text is no YAML mapping or has an unknown key.</exception>
    public static YamlMap Parse(string yaml, string source, params string[] known) => Parse(yaml, source, null, known);

    /// <summary>Reads a document whose root is a mapping, and gathers its errors.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Name of the file, for errors.</param>
    /// <param name="errors">Receives errors of keys and values; null raises the first one.</param>
    /// <param name="known">Keys of the root.</param>
    /// <exception cref="YamlFormatException">The text is no YAML mapping.</exception>
    public static YamlMap Parse(string yaml, string source, YamlErrors? errors, params string[] known)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        try
        {
            CheckStructure(yaml, source);
            YamlStream stream = [];
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
                ? new YamlMap(root, source, "", errors, known)
                : throw new YamlFormatException($"'{source}' must hold exactly one YAML mapping with the keys {string.Join(", ", known)}.");
        }
        catch (YamlException error)
        {
            throw new YamlFormatException($"'{source}' is no YAML, line {error.Start.Line}: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // The scanner answers some unfinished documents, such as an open bracket at the end, with its own state error.
            throw new YamlFormatException($"'{source}' is no YAML: it ends inside a value or a bracket.", error);
        }
    }

    /// <summary>Returns whether a key is there.</summary>
    /// <param name="key">The key.</param>
    public bool Has(string key) => _keys.ContainsKey(key);

    /// <summary>Returns whether a value is there and no error about it was found.</summary>
    /// <param name="key">The key.</param>
    public bool IsSound(string key) => _keys.ContainsKey(key) && !_broken.Contains(key);

    /// <summary>Reads a text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Value when the key is missing; null makes the key required.</param>
    public string Text(string key, string? fallback = null) =>
        !_keys.TryGetValue(key, out YamlNode? node) ? fallback ?? Missing(key, "")
        : node is YamlScalarNode { Value: { } text } ? text
        : Refuse(key, "must be text", fallback ?? "");

    /// <summary>Reads one of several words.</summary>
    /// <param name="key">The key.</param>
    /// <param name="choices">Allowed words; the first one is the value when the key is missing.</param>
    public string Choice(string key, params string[] choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        string text = Text(key, choices[0]);
        return choices.Contains(text) ? text : Refuse(key, $"is '{text}'. {NearestNames.Describe(text, choices)}", choices[0]);
    }

    /// <summary>Reads a number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Value when the key is missing; null makes the key required.</param>
    public double Number(string key, double? fallback = null)
    {
        if (!_keys.TryGetValue(key, out YamlNode? node))
        {
            return fallback ?? Missing(key, 1.0);
        }

        return node is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : Refuse(key, "must be a number", fallback ?? 1);
    }

    /// <summary>Reads a whole number; underscores may group digits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Value when the key is missing; null makes the key required.</param>
    public long Integer(string key, long? fallback = null)
    {
        if (!_keys.TryGetValue(key, out YamlNode? node))
        {
            return fallback ?? Missing(key, 1L);
        }

        return node is YamlScalarNode { Value: { } text } && long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : Refuse(key, "must be a whole number", fallback ?? 1);
    }

    /// <summary>Reads a whole number that fits 32 bits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Value when the key is missing; null makes the key required.</param>
    public int Int32(string key, int? fallback = null)
    {
        long value = Integer(key, fallback);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : Refuse(key, $"is {value}, which is too large", fallback ?? 1);
    }

    /// <summary>Reads true or false.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Value when the key is missing.</param>
    public bool Boolean(string key, bool fallback) => Text(key, fallback ? "true" : "false") switch
    {
        "true" => true,
        "false" => false,
        _ when !IsSound(key) => fallback,
        string text => Refuse(key, $"is '{text}'; write true or false", fallback),
    };

    /// <summary>Reads a nested mapping.</summary>
    /// <param name="key">The key.</param>
    /// <param name="known">Its keys.</param>
    /// <returns>The mapping; an empty one when the key is missing.</returns>
    public YamlMap Map(string key, params string[] known) =>
        new(_keys.GetValueOrDefault(key) ?? new YamlMappingNode(), _source, Name(key), _errors, known);

    /// <summary>Reads a list of mappings.</summary>
    /// <param name="key">The key.</param>
    /// <param name="known">Keys of each mapping.</param>
    public IReadOnlyList<YamlMap> Maps(string key, params string[] known) => _keys.GetValueOrDefault(key) switch
    {
        null => Missing<IReadOnlyList<YamlMap>>(key, []),
        YamlSequenceNode list => [.. list.Select((item, index) => new YamlMap(item, _source, $"{Name(key)}[{index}]", _errors, known))],
        _ => Refuse<IReadOnlyList<YamlMap>>(key, "must be a list", []),
    };

    /// <summary>Reads a list of texts.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The texts; an empty list when the key is missing.</returns>
    public IReadOnlyList<string> Texts(string key) => _keys.GetValueOrDefault(key) switch
    {
        null => [],
        YamlSequenceNode list when list.All(item => item is YamlScalarNode { Value: not null }) => [.. list.Select(item => ((YamlScalarNode)item).Value!)],
        YamlSequenceNode => Refuse<IReadOnlyList<string>>(key, "must be a list of texts", []),
        _ => Refuse<IReadOnlyList<string>>(key, "must be a list", []),
    };

    /// <summary>Returns the line that a value starts at, from 1.</summary>
    /// <param name="key">The key.</param>
    public int Line(string key) => (int)(_keys.GetValueOrDefault(key) ?? _node).Start.Line;

    /// <summary>Creates an error about a value of this mapping.</summary>
    /// <param name="key">The key; its line is named.</param>
    /// <param name="sentence">What is wrong.</param>
    public YamlFormatException Broken(string key, string sentence) => Broken(_keys.GetValueOrDefault(key) ?? _node, $"'{Name(key)}' {sentence}");

    /// <summary>Reports an error about a value of this mapping: gathers it where errors are gathered, raises it otherwise.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="key">The key; its line is named.</param>
    /// <param name="sentence">What is wrong, following the key's name.</param>
    /// <param name="instead">A harmless value to go on with.</param>
    /// <exception cref="YamlFormatException">Errors are not gathered.</exception>
    public T Refuse<T>(string key, string sentence, T instead)
    {
        _broken.Add(key);
        Fail(_keys.GetValueOrDefault(key) ?? _node, $"'{Name(key)}' {sentence}");
        return instead;
    }

    private static void CheckStructure(string yaml, string source)
    {
        // The tree is built recursively, so depth is checked on the event stream first.
        var parser = new Parser(new StringReader(yaml));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current switch
            {
                MappingStart or SequenceStart => 1,
                MappingEnd or SequenceEnd => -1,
                AnchorAlias alias => throw new YamlFormatException($"'{source}', line {alias.Start.Line}: aliases are not allowed; write the value out."),
                _ => 0,
            };
            if (depth > MaximumDepth)
            {
                throw new YamlFormatException($"'{source}', line {parser.Current!.Start.Line}: nested deeper than {MaximumDepth} levels.");
            }
        }
    }

    private string Name(string key) => _place.Length == 0 ? key : $"{_place}.{key}";

    private T Missing<T>(string key, T instead)
    {
        _broken.Add(key);
        Fail(_node, $"the key '{Name(key)}' is missing");
        return instead;
    }

    private void Fail(YamlNode at, string sentence)
    {
        if (_errors is null)
        {
            throw Broken(at, sentence);
        }

        _errors.Add((int)at.Start.Line, sentence);
    }

    private YamlFormatException Broken(YamlNode at, string sentence) =>
        new($"'{_source}', line {at.Start.Line}: {sentence}{(sentence.EndsWith('.') ? "" : ".")}");
}
