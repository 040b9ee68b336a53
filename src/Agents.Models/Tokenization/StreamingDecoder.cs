using System.Text;

namespace Agents.Models.Tokenization;

/// <summary>
/// Decodes tokens one by one. Bytes of a character that is not complete yet are held back, so the concatenation of everything returned equals
/// <see cref="ITokenizer.Decode"/> of all tokens, whatever the chunks are. The space that some tokenizers put before text is taken away here too. Not safe for concurrent use: one per stream.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly ITokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly System.Text.Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _characters = new char[64];
    private bool _starts;

    /// <summary>Creates a decoder at the start of a stream.</summary>
    /// <param name="tokenizer">Tokenizer of the ids.</param>
    /// <param name="skipSpecial">Whether control tokens contribute nothing.</param>
    public StreamingDecoder(ITokenizer tokenizer, bool skipSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
        _starts = tokenizer.AddsSpacePrefix;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Token id.</param>
    /// <returns>The text that is complete now; often empty inside a character of several tokens.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is outside the vocabulary; the decoder is unchanged.</exception>
    public string Append(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.TokenBytes(id);
        if (_tokenizer.IsAdded(id))
        {
            _starts = _tokenizer.AddsSpacePrefix;
            return _skipSpecial && _tokenizer.IsSpecial(id) ? string.Empty : Convert(bytes, flush: false);
        }

        if (_starts && bytes.Length > 0)
        {
            _starts = false;
            bytes = bytes[0] == (byte)' ' ? bytes[1..] : bytes;
        }

        return Convert(bytes, flush: false);
    }

    /// <summary>Ends the stream: held-back bytes become U+FFFD. The decoder is then at the start of a new stream.</summary>
    /// <returns>The rest of the text; empty when nothing was held back.</returns>
    public string Finish()
    {
        _starts = _tokenizer.AddsSpacePrefix;
        return Convert([], flush: true);
    }

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        int room = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < room)
        {
            _characters = new char[room];
        }

        int count = _decoder.GetChars(bytes, _characters, flush);
        return count == 0 ? string.Empty : new string(_characters, 0, count);
    }
}
