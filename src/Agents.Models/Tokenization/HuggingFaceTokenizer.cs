using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Models.Tokenization;

/// <summary>
/// Reads and writes the tokenizer files of a Hugging Face model folder: <c>tokenizer.json</c> (byte-level BPE, BPE with byte fallback, unigram) and
/// <c>tokenizer_config.json</c> (begin, end and padding tokens, chat template), and reads <c>chat_template.jinja</c>.
/// </summary>
public static class HuggingFaceTokenizer
{
    /// <summary>Vocabulary, merges, pre-splitter and added tokens.</summary>
    public const string TokenizerFile = "tokenizer.json";

    /// <summary>Roles of tokens and the chat template.</summary>
    public const string ConfigFile = "tokenizer_config.json";

    /// <summary>Chat template of newer folders, which then is not in the configuration.</summary>
    public const string TemplateFile = "chat_template.jinja";

    private const long MaximumFileSize = 256L << 20;

    /// <summary>Reads the tokenizer of a folder.</summary>
    /// <param name="folder">Folder with at least <c>tokenizer.json</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The definition, validated.</returns>
    /// <exception cref="TokenizerException">A file is missing, damaged, or describes a tokenizer that this build does not know.</exception>
    public static async Task<TokenizerDefinition> ReadAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        byte[] vocabulary = await ReadFileAsync(Path.Combine(folder, TokenizerFile), cancellationToken).ConfigureAwait(false)
            ?? throw new TokenizerException($"{Path.Combine(folder, TokenizerFile)} is missing; a model folder needs it.");
        TokenizerDefinition definition = Parse(Path.Combine(folder, TokenizerFile), vocabulary, HuggingFaceVocabularyReader.Read);
        byte[]? config = await ReadFileAsync(Path.Combine(folder, ConfigFile), cancellationToken).ConfigureAwait(false);
        if (config is not null)
        {
            definition = Parse(Path.Combine(folder, ConfigFile), config, root => HuggingFaceConfig.Apply(root, definition));
        }

        byte[]? template = await ReadFileAsync(Path.Combine(folder, TemplateFile), cancellationToken).ConfigureAwait(false);
        if (template is not null)
        {
            definition = definition with { ChatTemplate = System.Text.Encoding.UTF8.GetString(template) };
        }

        definition.Validate();
        return definition;
    }

    /// <summary>Writes the tokenizer of a folder. Unused entries at the end of the vocabulary are left out: they are padding.</summary>
    /// <param name="folder">An existing folder; files of the same name are replaced, each as a whole.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="TokenizerException">The definition is damaged or of an unknown kind.</exception>
    public static async Task WriteAsync(string folder, TokenizerDefinition definition, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(definition);
        VocabularyTokenizer tokenizer = Tokenizers.Create(definition);
        await WriteFileAsync(
            Path.Combine(folder, TokenizerFile), writer => HuggingFaceVocabularyWriter.Write(writer, definition, tokenizer.AddBos), cancellationToken)
            .ConfigureAwait(false);
        await WriteFileAsync(
            Path.Combine(folder, ConfigFile), writer => HuggingFaceConfig.Write(writer, definition, tokenizer.AddBos), cancellationToken)
            .ConfigureAwait(false);
    }

    private static TokenizerDefinition Parse(string path, byte[] json, Func<JsonElement, TokenizerDefinition> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new TokenizerException($"{path} is not a tokenizer file of the expected form: {error.Message}", error);
        }
        catch (TokenizerException error)
        {
            throw new TokenizerException($"{path}: {error.Message}", error);
        }
    }

    private static async Task<byte[]?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            return null;
        }

        return file.Length <= MaximumFileSize
            ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)
            : throw new TokenizerException($"{path} has {file.Length} bytes; a tokenizer file of more than {MaximumFileSize} is refused.");
    }

    private static async Task WriteFileAsync(string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using AtomicFile file = new(path);
        Utf8JsonWriter writer = new(file.Stream, new JsonWriterOptions { Indented = true });
        await using (writer.ConfigureAwait(false))
        {
            write(writer);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        file.Commit();
    }
}
