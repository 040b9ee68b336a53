namespace Agents.Models;

/// <summary>Asks for samples of one or more prompts in one batch.</summary>
public sealed record GenerationRequest
{
    /// <summary>Gets the prompts; samples of one prompt share its computation.</summary>
    public required IReadOnlyList<PromptSamples> Prompts { get; init; }

    /// <summary>Gets how tokens are drawn.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Gets the largest number of tokens per sample. Default 256.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Gets token ids that end a sample besides the tokenizer's end tokens.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Gets texts that end a sample; the text itself is not part of the answer, its tokens stay in the record.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Gets whether the tokenizer's end tokens are ignored (benchmarks).</summary>
    public bool IgnoreEndTokens { get; init; }

    /// <summary>Gets how many most likely alternatives are reported per step. Default 0.</summary>
    public int TopLogProbabilities { get; init; }

    /// <summary>Gets whether every token carries statistics of its whole distribution. Default false: it costs two passes over the logits.</summary>
    public bool Statistics { get; init; }

    /// <summary>
    /// Gets how many tokens may be guessed ahead per step from what the sample has said or was told (prompt lookup). Default 0, which guesses nothing. Guesses change
    /// the speed only, never the tokens: they help where answers repeat their input, and a backend with enough other work leaves them out.
    /// </summary>
    public int SpeculativeTokens { get; init; }

    /// <summary>Gets what completions must look like. Default null, which allows any text. Needs <see cref="LanguageModelCapabilities.Grammar"/>.</summary>
    public OutputConstraint? Constraint { get; init; }
}
