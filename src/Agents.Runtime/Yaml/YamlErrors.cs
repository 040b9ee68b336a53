using System.Globalization;

namespace Agents.Runtime.Yaml;

/// <summary>Collects what is wrong with a file, so that one reading names everything that can be found at once.</summary>
/// <param name="source">Name of the file.</param>
public sealed class YamlErrors(string source)
{
    private readonly List<(int Line, string Sentence)> _found = [];

    /// <summary>Gets how many errors were found.</summary>
    public int Count => _found.Count;

    /// <summary>Adds an error.</summary>
    /// <param name="line">Line from 1; 0 for the file as a whole.</param>
    /// <param name="sentence">What is wrong and the way out.</param>
    public void Add(int line, string sentence)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sentence);
        (int, string) error = (line, sentence.EndsWith('.') ? sentence : sentence + ".");
        if (!_found.Contains(error))
        {
            _found.Add(error);
        }
    }

    /// <summary>Raises one error that names everything found, in the order of the lines; nothing when all is well.</summary>
    /// <exception cref="YamlFormatException">Something was found.</exception>
    public void ThrowIfAny()
    {
        if (_found.Count == 0)
        {
            return;
        }

        string[] sentences = [.. _found.OrderBy(error => error.Line).Select(error => error.Line == 0 ? error.Sentence : string.Create(CultureInfo.InvariantCulture, $"line {error.Line}: {error.Sentence}"))];
        throw new YamlFormatException(sentences.Length == 1
            ? $"'{source}'{(_found[0].Line == 0 ? ": " : ", ")}{sentences[0]}"
            : $"'{source}' has {sentences.Length} errors:\n{string.Join('\n', sentences)}");
    }
}
