namespace Agents.Models.Tokenization;

/// <summary>What a vocabulary entry is. The numbers are those of the GGUF key <c>tokenizer.ggml.token_type</c>.</summary>
public enum TokenKind
{
    /// <summary>Not stated; treated as <see cref="Normal"/>.</summary>
    Undefined = 0,

    /// <summary>Ordinary piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for text that the vocabulary cannot express; treated as a control token.</summary>
    Unknown = 2,

    /// <summary>Steers the model and is no part of the text; recognised in text only on request.</summary>
    Control = 3,

    /// <summary>
    /// Added by the model's author and split out of every text, such as <c>&lt;think&gt;</c>. An entry of the form <c>&lt;|name|&gt;</c> with
    /// this kind is treated as <see cref="Control"/>, because some files mark their turn markers wrongly.
    /// </summary>
    UserDefined = 4,

    /// <summary>Placeholder that no text produces.</summary>
    Unused = 5,

    /// <summary>A single byte (SentencePiece byte fallback).</summary>
    Byte = 6,
}
