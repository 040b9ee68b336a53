namespace Agents.Models;

/// <summary>
/// Turns text into token ids and back. Implementations are immutable and safe to share between threads.
/// </summary>
/// <remarks>
/// Control tokens (such as <c>&lt;|im_end|&gt;</c>) are recognised in text only when a caller asks for it, and only text that the caller
/// wrote itself may be encoded that way: text from users, tools or models must not be able to end a turn or open a new one.
/// No method adds a beginning-of-sequence token by itself; see <see cref="AddBos"/>.
/// </remarks>
public interface ITokenizer
{
    /// <summary>Number of token ids; valid ids are 0 to this minus one. A model may have more embedding rows (padding), never fewer.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// SHA-256 (lower-case hexadecimal) of everything that decides ids: tokens, their types, merges and pre-splitter.
    /// Two tokenizers with the same fingerprint give the same ids for every text.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Id of the beginning-of-sequence token; null when the vocabulary has none.</summary>
    int? BosId { get; }

    /// <summary>Ids that end a generation (end of sequence, end of turn), ascending, without duplicates; may be empty.</summary>
    IReadOnlyList<int> EndIds { get; }

    /// <summary>Whether the model expects <see cref="BosId"/> in front of every sequence. The caller puts it there.</summary>
    bool AddBos { get; }

    /// <summary>
    /// Whether encoding puts a space before text, at its start and after added tokens; decoding takes that space away again there, while
    /// <see cref="TokenBytes"/> has it.
    /// </summary>
    bool AddsSpacePrefix => false;

    /// <summary>Whether a token was added to the vocabulary and splits text: a control token, or one that its author added.</summary>
    /// <param name="id">Token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    bool IsAdded(int id) => IsSpecial(id);

    /// <summary>Encodes text and appends the ids to a list.</summary>
    /// <param name="text">Any text. An unpaired surrogate is encoded as U+FFFD; every other text is returned unchanged by <see cref="Decode"/>.</param>
    /// <param name="destination">Receives the ids.</param>
    /// <param name="parseSpecial">Whether the texts of control tokens become those tokens. Never true for text from outside.</param>
    /// <returns>Number of ids appended.</returns>
    int Encode(ReadOnlySpan<char> text, List<int> destination, bool parseSpecial = false);

    /// <summary>Encodes text into a new array. See <see cref="Encode(ReadOnlySpan{char}, List{int}, bool)"/>.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="parseSpecial">Whether the texts of control tokens become those tokens. Never true for text from outside.</param>
    /// <returns>The ids.</returns>
    int[] Encode(string text, bool parseSpecial = false);

    /// <summary>Concatenates the bytes of the tokens and reads them as UTF-8; each maximal invalid part becomes one U+FFFD.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Whether control tokens contribute nothing.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false);

    /// <summary>The bytes that a token stands for; for a control token its text in UTF-8. Need not be complete UTF-8.</summary>
    /// <param name="id">Token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    ReadOnlySpan<byte> TokenBytes(int id);

    /// <summary>A token for display: its text, with bytes that are not complete UTF-8 shown as <c>&lt;0xE2&gt;</c>.</summary>
    /// <param name="id">Token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    string TokenText(int id);

    /// <summary>Whether a token is a control token: it steers the model and is no part of the text.</summary>
    /// <param name="id">Token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary.</exception>
    bool IsSpecial(int id);

    /// <summary>Finds a control token by its exact text, such as <c>&lt;|im_end|&gt;</c>.</summary>
    /// <param name="text">Text of the token.</param>
    /// <param name="id">The id when found.</param>
    /// <returns>False when the vocabulary has no control token with this text.</returns>
    bool TryGetSpecialId(string text, out int id);
}
