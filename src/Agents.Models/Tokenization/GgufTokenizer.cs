using Agents.Models.Gguf;

namespace Agents.Models.Tokenization;

/// <summary>Reads tokenizers from GGUF files and writes them there.</summary>
public static class GgufTokenizer
{
    /// <summary>Reads the tokenizer of a file.</summary>
    /// <param name="metadata">Metadata of the file.</param>
    /// <returns>The definition, validated.</returns>
    /// <exception cref="TokenizerException">The file carries no tokenizer, or a damaged one.</exception>
    public static TokenizerDefinition Read(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return GgufTokenizerKeys.Read(metadata.Values
            .Where(entry => entry.Key.StartsWith("tokenizer.", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Data, StringComparer.Ordinal));
    }

    /// <summary>Adds a tokenizer to a file that is being written.</summary>
    /// <param name="writer">The writer, still taking metadata and without tokenizer keys.</param>
    /// <param name="definition">The definition.</param>
    /// <exception cref="TokenizerException">The definition is damaged.</exception>
    public static void Write(GgufWriter writer, TokenizerDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach ((string key, object value) in GgufTokenizerKeys.Write(definition))
        {
            writer.AddMetadata(key, value switch
            {
                string text => GgufValue.Of(text),
                uint number => GgufValue.Of(number),
                bool flag => GgufValue.Of(flag),
                string[] texts => GgufValue.OfArray<string>(texts),
                int[] numbers => GgufValue.OfArray<int>(numbers),
                float[] numbers => GgufValue.OfArray<float>(numbers),
                _ => throw new InvalidOperationException($"{key} has the unexpected type {value.GetType().Name}."),
            });
        }
    }
}
