namespace Agents.Runtime.Learning;

/// <summary>How a byte-level BPE tokenizer is trained on the texts of the mixture.</summary>
/// <param name="PreTokenizer">Pre-splitter, for example <c>qwen2</c>.</param>
/// <param name="VocabularySize">Number of token ids, control tokens included.</param>
/// <param name="Examples">How many examples of the mixture it sees.</param>
/// <param name="ReservedTokens">Control tokens without a meaning yet, for methods that need some.</param>
public sealed record TokenizerRecipe(string PreTokenizer, int VocabularySize, int Examples, int ReservedTokens);
