using System.Runtime.InteropServices;

namespace Agents.Models.Tokenization;

/// <summary>
/// SentencePiece BPE as Llama 1 and 2, Mistral, Gemma and Phi-3 use it. From GGUF files: adjacent pieces whose concatenation is a token are merged, the
/// best score first. From Hugging Face files: merges in rank order, over characters or their bytes. Characters that end up outside the vocabulary
/// become byte tokens.
/// </summary>
/// <remarks>Texts of control and byte tokens are never merged from characters, so that no text from outside can spell them.</remarks>
public sealed class SentencePieceTokenizer : SpacedTokenizer
{
    /// <summary>The <see cref="TokenizerDefinition.Model"/> of this kind.</summary>
    public const string ModelName = "llama";

    private readonly BytePairMerger? _merger;
    private readonly ScoreMerger? _scores;

    /// <summary>Creates a tokenizer from the data of a model file.</summary>
    /// <param name="definition">What the file says.</param>
    /// <exception cref="TokenizerException">
    /// The definition is of another kind, has neither scores nor merges, or cannot express text outside its vocabulary.
    /// </exception>
    public SentencePieceTokenizer(TokenizerDefinition definition)
        : base(definition, ModelName)
    {
        AddBos = definition.BosId is not null && (definition.AddBos ?? true);
        if (definition.Merges.Count > 0)
        {
            _merger = new BytePairMerger(Pieces.ResolveMerges(definition.Merges));
        }
        else if (definition.Scores.Count == definition.Tokens.Count)
        {
            _scores = new ScoreMerger(Pieces, definition.Scores);
        }
        else
        {
            throw new TokenizerException("A SentencePiece vocabulary needs a score for every token, or merges; the file has neither.");
        }
    }

    /// <inheritdoc/>
    public override bool AddBos { get; }

    private protected override void EncodeEscaped(ReadOnlySpan<char> text, List<int> destination)
    {
        if (_scores is not null)
        {
            _scores.Encode(text, destination);
            return;
        }

        int before = destination.Count;
        for (int at = 0; at < text.Length;)
        {
            ReadOnlySpan<char> character = text.Slice(at, CharacterLength(text, at));
            if (Pieces.Ordinary.TryGetValue(character, out int id))
            {
                destination.Add(id);
            }
            else
            {
                Pieces.AppendFallback(character, destination);
            }

            at += character.Length;
        }

        int count = _merger!.Merge(CollectionsMarshal.AsSpan(destination)[before..]);
        CollectionsMarshal.SetCount(destination, before + count);
    }
}
