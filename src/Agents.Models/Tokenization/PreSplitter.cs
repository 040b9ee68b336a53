namespace Agents.Models.Tokenization;

/// <summary>
/// Cuts text into the pieces inside which byte pairs are merged. Written by hand over code points: .NET regular expressions see UTF-16 units
/// and miss letters beyond the basic plane. Stateless; time is linear in the text.
/// </summary>
public abstract class PreSplitter
{
    private protected PreSplitter(string name, string pattern, bool ignoresMerges, bool addsBos)
    {
        Name = name;
        Pattern = pattern;
        IgnoresMerges = ignoresMerges;
        AddsBos = addsBos;
    }

    /// <summary>GPT-2: contractions, runs of letters, of numbers and of the rest, each with at most one leading space.</summary>
    public static PreSplitter Gpt2 { get; } = new Gpt2PreSplitter();

    /// <summary>Llama 3: numbers in groups of at most three, newlines kept with the punctuation before them.</summary>
    public static PreSplitter Llama3 { get; } = new NumberGroupPreSplitter(
        "llama-bpe", @"\p{N}{1,3}", groupLength: 3, ignoresMerges: true, addsBos: true);

    /// <summary>Qwen2, Qwen2.5 and Qwen3: as Llama 3, but every number code point stands alone.</summary>
    public static PreSplitter Qwen2 { get; } = new NumberGroupPreSplitter(
        "qwen2", @"\p{N}", groupLength: 1, ignoresMerges: false, addsBos: false);

    /// <summary>SmolLM, StarCoder, Refact and Command R: numbers are cut out first, each code point alone, and GPT-2's pieces are found between them.</summary>
    public static PreSplitter SingleDigits { get; } = new SingleDigitPreSplitter();

    /// <summary>Name in the GGUF key <c>tokenizer.ggml.pre</c>.</summary>
    public string Name { get; }

    /// <summary>The regular expression that this splitter stands for, as written in Hugging Face files.</summary>
    public string Pattern { get; }

    /// <summary>Whether models with this splitter take a piece that is a whole token directly, without merging.</summary>
    public bool IgnoresMerges { get; }

    /// <summary>Whether models with this splitter expect a beginning-of-sequence token when their file does not say.</summary>
    public bool AddsBos { get; }

    /// <summary>Finds a splitter by its GGUF name.</summary>
    /// <param name="name">Name, such as "gpt-2", "llama-bpe" or "qwen2". Null or empty means GPT-2, as in files older than the key.</param>
    /// <exception cref="TokenizerException">The name is unknown.</exception>
    public static PreSplitter ForName(string? name) => name switch
    {
        null or "" or "gpt-2" or "default" or "phi-2" => Gpt2,
        "llama-bpe" or "llama3" or "llama-v3" => Llama3,
        "qwen2" or "qwen3" or "deepseek-r1-qwen" => Qwen2,
        "smollm" or "starcoder" or "refact" or "command-r" => SingleDigits,
        _ => throw new TokenizerException(
            $"Pre-tokenizer '{name}' is unknown; this build knows gpt-2, llama-bpe, qwen2 and smollm. Using another one would give wrong ids."),
    };

    /// <summary>Length of the first piece.</summary>
    /// <param name="text">Text that is not empty.</param>
    /// <returns>UTF-16 length of the piece, at least 1; never ends inside a surrogate pair.</returns>
    public abstract int NextLength(ReadOnlySpan<char> text);

    /// <summary>Cuts a text into all its pieces.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Pieces whose concatenation is the text.</returns>
    public IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> pieces = [];
        for (int start = 0; start < text.Length;)
        {
            int length = NextLength(text.AsSpan(start));
            pieces.Add(text.Substring(start, length));
            start += length;
        }

        return pieces;
    }

    /// <summary>End of the run of one class that starts at an index.</summary>
    private protected static int RunEnd(ReadOnlySpan<char> text, int start, CharacterClass wanted)
    {
        int end = start;
        while (end < text.Length && CharacterClasses.At(text, end, out int length) == wanted)
        {
            end += length;
        }

        return end;
    }

    /// <summary>
    /// Length of a piece of white space at the start: <c>\s+(?!\S)|\s+</c>. A run before something else leaves its last space to it.
    /// All White_Space code points are one UTF-16 unit long.
    /// </summary>
    private protected static int SpaceLength(ReadOnlySpan<char> text)
    {
        int end = RunEnd(text, 0, CharacterClass.Space);
        return end == text.Length || end == 1 ? end : end - 1;
    }
}
