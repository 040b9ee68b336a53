namespace Agents.Models.Tokenization;

/// <summary>Makes tokenizers of what model files say.</summary>
public static class Tokenizers
{
    /// <summary>Makes the tokenizer of the kind that a definition names.</summary>
    /// <param name="definition">What the file says: "gpt2" is byte-level BPE, "llama" SentencePiece BPE, "t5" unigram.</param>
    /// <exception cref="TokenizerException">The kind is unknown, or the parts of the definition do not fit together.</exception>
    public static VocabularyTokenizer Create(TokenizerDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Model switch
        {
            BytePairTokenizer.ModelName => new BytePairTokenizer(definition),
            SentencePieceTokenizer.ModelName => new SentencePieceTokenizer(definition),
            UnigramTokenizer.ModelName => new UnigramTokenizer(definition),
            _ => throw new TokenizerException(
                $"Tokenizer model '{definition.Model}' is unknown; this build reads 'gpt2' (byte-level BPE), 'llama' (SentencePiece BPE) and 't5' (unigram). Use a model with such a vocabulary."),
        };
    }
}
