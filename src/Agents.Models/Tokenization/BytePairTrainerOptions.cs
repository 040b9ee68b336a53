namespace Agents.Models.Tokenization;

/// <summary>What a new byte-level vocabulary shall be.</summary>
public sealed record BytePairTrainerOptions
{
    /// <summary>Number of token ids: 256 bytes, the learned tokens, and the special tokens at the end. Default 512.</summary>
    public int VocabularySize { get; init; } = 512;

    /// <summary>How text is cut; no token crosses a cut. Default <see cref="PreSplitter.Qwen2"/>, under which digits stand alone.</summary>
    public PreSplitter Splitter { get; init; } = PreSplitter.Qwen2;

    /// <summary>Control tokens, given the last ids in this order. Their texts are split out of the training text. Default none.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>How often a pair must occur to be merged. Default 1: merging goes on until the vocabulary is full.</summary>
    public long MinimumCount { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">All that is wrong, in one message.</exception>
    public void Validate()
    {
        List<string> failures = [];
        if (VocabularySize < 256 + SpecialTokens.Count)
        {
            failures.Add(
                $"{nameof(VocabularySize)} is {VocabularySize}, but 256 bytes and {SpecialTokens.Count} special tokens need {256 + SpecialTokens.Count}");
        }

        if (MinimumCount < 1)
        {
            failures.Add($"{nameof(MinimumCount)} is {MinimumCount}, must be at least 1");
        }

        if (SpecialTokens.Any(string.IsNullOrEmpty) || SpecialTokens.Distinct(StringComparer.Ordinal).Count() != SpecialTokens.Count)
        {
            failures.Add($"{nameof(SpecialTokens)} must be distinct and not empty");
        }

        if (failures.Count > 0)
        {
            throw new ArgumentException($"Tokenizer training options are wrong: {string.Join("; ", failures)}.");
        }
    }
}
