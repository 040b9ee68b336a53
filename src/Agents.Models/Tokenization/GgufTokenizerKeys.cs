using System.Globalization;

namespace Agents.Models.Tokenization;

/// <summary>
/// Translates between a <see cref="TokenizerDefinition"/> and the <c>tokenizer.*</c> keys of GGUF metadata. Values are numbers, booleans and
/// strings of the natural .NET type and arrays of them, so that any reader or writer of the container can be used.
/// </summary>
public static class GgufTokenizerKeys
{
    /// <summary>Kind of tokenizer.</summary>
    public const string Model = "tokenizer.ggml.model";

    /// <summary>Name of the pre-splitter.</summary>
    public const string Pre = "tokenizer.ggml.pre";

    /// <summary>Token texts.</summary>
    public const string Tokens = "tokenizer.ggml.tokens";

    /// <summary>Token kinds.</summary>
    public const string Kinds = "tokenizer.ggml.token_type";

    /// <summary>Scores of the SentencePiece kinds.</summary>
    public const string Scores = "tokenizer.ggml.scores";

    /// <summary>Stands for text that the vocabulary cannot express.</summary>
    public const string UnknownId = "tokenizer.ggml.unknown_token_id";

    /// <summary>Whether text gets a space in front.</summary>
    public const string AddSpacePrefix = "tokenizer.ggml.add_space_prefix";

    /// <summary>Normalization rules of some unigram files, which this build does not have.</summary>
    public const string CharacterMap = "tokenizer.ggml.precompiled_charsmap";

    /// <summary>Merges in rank order.</summary>
    public const string Merges = "tokenizer.ggml.merges";

    /// <summary>Beginning of sequence.</summary>
    public const string BosId = "tokenizer.ggml.bos_token_id";

    /// <summary>End of sequence.</summary>
    public const string EosId = "tokenizer.ggml.eos_token_id";

    /// <summary>End of turn.</summary>
    public const string EotId = "tokenizer.ggml.eot_token_id";

    /// <summary>Padding.</summary>
    public const string PaddingId = "tokenizer.ggml.padding_token_id";

    /// <summary>Whether sequences start with the beginning token.</summary>
    public const string AddBos = "tokenizer.ggml.add_bos_token";

    /// <summary>Whether sequences end with the end token.</summary>
    public const string AddEos = "tokenizer.ggml.add_eos_token";

    /// <summary>Chat template in Jinja.</summary>
    public const string ChatTemplate = "tokenizer.chat_template";

    /// <summary>Reads a definition.</summary>
    /// <param name="metadata">Metadata of the file; other keys are ignored.</param>
    /// <returns>The definition, validated.</returns>
    /// <exception cref="TokenizerException">A required key is missing, a value has the wrong type, or the parts do not fit together.</exception>
    public static TokenizerDefinition Read(IReadOnlyDictionary<string, object> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        string model = Optional<string>(metadata, Model)
            ?? throw new TokenizerException($"The model file has no key {Model}: it carries no tokenizer. Use a complete model file.");
        TokenizerDefinition definition = new()
        {
            Model = model,
            Pre = Optional<string>(metadata, Pre),
            Tokens = Optional<string[]>(metadata, Tokens) ?? throw new TokenizerException($"The model file has no key {Tokens}, expected an array of strings."),
            Kinds = ReadKinds(metadata),
            Merges = Optional<string[]>(metadata, Merges) ?? [],
            Scores = ReadScores(metadata),
            AddSpacePrefix = Optional<object>(metadata, AddSpacePrefix) is null ? null : OptionalFlag(metadata, AddSpacePrefix),
            UnknownId = OptionalId(metadata, UnknownId),
            BosId = OptionalId(metadata, BosId),
            EosId = OptionalId(metadata, EosId),
            EotId = OptionalId(metadata, EotId),
            PaddingId = OptionalId(metadata, PaddingId),
            AddBos = Optional<object>(metadata, AddBos) is null ? null : OptionalFlag(metadata, AddBos),
            AddEos = Optional<object>(metadata, AddEos) is null ? null : OptionalFlag(metadata, AddEos),
            ChatTemplate = Optional<string>(metadata, ChatTemplate),
        };
        if (model == UnigramTokenizer.ModelName && metadata.TryGetValue("tokenizer.ggml.remove_extra_whitespaces", out object? removes) && removes is true)
        {
            throw new TokenizerException("The model file asks for tokenizer.ggml.remove_extra_whitespaces, which this build does not do, and ids would be wrong.");
        }

        if (metadata.TryGetValue(CharacterMap, out object? map) && map is Array { Length: > 0 })
        {
            throw new TokenizerException($"The model file has the key {CharacterMap}: its text is normalized by rules that this build does not have, and ids would be wrong.");
        }

        definition.Validate();
        return definition;
    }

    /// <summary>Writes a definition.</summary>
    /// <param name="definition">The definition; parts that are null are left out.</param>
    /// <returns>Keys with values of type string, string[], int[], float[], uint and bool, in the usual order of such files.</returns>
    public static OrderedDictionary<string, object> Write(TokenizerDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Validate();
        bool byteLevel = definition.Model == BytePairTokenizer.ModelName;
        OrderedDictionary<string, object> metadata = new()
        {
            [Model] = definition.Model,
            [Pre] = definition.Pre ?? (byteLevel ? PreSplitter.Gpt2.Name : "default"),
            [Tokens] = definition.Tokens.ToArray(),
            [Kinds] = Enumerable.Range(0, definition.Tokens.Count).Select(id => (int)definition.KindOf(id)).ToArray(),
        };
        if (!byteLevel)
        {
            metadata[Scores] = definition.Scores.Count > 0 ? definition.Scores.ToArray() : SentencePieceScores.FromMerges(definition);
            metadata[AddSpacePrefix] = definition.AddSpacePrefix ?? true;
        }

        if (byteLevel || definition.Merges.Count > 0)
        {
            metadata[Merges] = definition.Merges.ToArray();
        }

        Put(metadata, UnknownId, (uint?)definition.UnknownId);
        Put(metadata, BosId, (uint?)definition.BosId);
        Put(metadata, EosId, (uint?)definition.EosId);
        Put(metadata, EotId, (uint?)definition.EotId);
        Put(metadata, PaddingId, (uint?)definition.PaddingId);
        Put(metadata, AddBos, definition.AddBos);
        Put(metadata, AddEos, definition.AddEos);
        Put(metadata, ChatTemplate, definition.ChatTemplate);
        return metadata;
    }

    private static void Put(OrderedDictionary<string, object> metadata, string key, object? value)
    {
        if (value is not null)
        {
            metadata[key] = value;
        }
    }

    private static T? Optional<T>(IReadOnlyDictionary<string, object> metadata, string key)
        where T : class
    {
        if (!metadata.TryGetValue(key, out object? value))
        {
            return null;
        }

        return value as T ?? throw WrongType(key, value, typeof(T) == typeof(string) ? "a string" : "an array of strings");
    }

    private static bool OptionalFlag(IReadOnlyDictionary<string, object> metadata, string key) =>
        metadata[key] is bool flag ? flag : throw WrongType(key, metadata[key], "a boolean");

    private static int? OptionalId(IReadOnlyDictionary<string, object> metadata, string key)
    {
        if (!metadata.TryGetValue(key, out object? value))
        {
            return null;
        }

        // Some writers state "no such token" as the largest number of the type.
        return value is uint.MaxValue or -1 ? null : ToInt32(key, value);
    }

    private static float[] ReadScores(IReadOnlyDictionary<string, object> metadata) =>
        !metadata.TryGetValue(Scores, out object? value) ? []
            : value as float[] ?? throw WrongType(Scores, value, "an array of 32-bit floats");

    private static TokenKind[] ReadKinds(IReadOnlyDictionary<string, object> metadata)
    {
        if (!metadata.TryGetValue(Kinds, out object? value))
        {
            return [];
        }

        if (value is not Array { Rank: 1 } array)
        {
            throw WrongType(Kinds, value, "an array of integers");
        }

        TokenKind[] kinds = new TokenKind[array.Length];
        for (int id = 0; id < kinds.Length; id++)
        {
            // Typed arrays are the rule; going through objects for the rest keeps one path for every integer width.
            int number = array is int[] numbers ? numbers[id] : ToInt32(Kinds, array.GetValue(id)!);
            kinds[id] = number is >= 0 and <= (int)TokenKind.Byte
                ? (TokenKind)number
                : throw new TokenizerException($"{Kinds}[{id}] is {number}, expected 0 to {(int)TokenKind.Byte}.");
        }

        return kinds;
    }

    private static int ToInt32(string key, object value)
    {
        bool integer = value is byte or sbyte or ushort or short or uint or int or ulong or long;
        try
        {
            return integer ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : throw WrongType(key, value, "an integer");
        }
        catch (OverflowException error)
        {
            throw new TokenizerException($"{key} is {value}, too large for a token id.", error);
        }
    }

    private static TokenizerException WrongType(string key, object value, string expected) =>
        new($"{key} is of type {value.GetType().Name}, expected {expected}.");
}
