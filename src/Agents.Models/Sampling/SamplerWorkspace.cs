namespace Agents.Models.Sampling;

/// <summary>Scratch memory for drawing tokens, one per thread; any number of samplers may use it in turn. Memory is taken when a sampler first needs it.</summary>
public sealed class SamplerWorkspace
{
    private CandidateSet? _candidates;
    private double[]? _weights;
    private double[]? _blockSums;
    private uint[]? _allowed;

    /// <summary>Creates an empty workspace.</summary>
    /// <param name="vocabularySize">Number of logits.</param>
    public SamplerWorkspace(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        VocabularySize = vocabularySize;
    }

    /// <summary>Gets the number of logits.</summary>
    public int VocabularySize { get; }

    /// <summary>Gets the candidates of the present draw.</summary>
    internal CandidateSet Candidates => _candidates ??= new CandidateSet(VocabularySize);

    /// <summary>Gets room for one bit per token: the tokens that a constraint allows.</summary>
    internal Span<uint> Allowed => _allowed ??= new uint[(VocabularySize + 31) / 32];

    /// <summary>Gets one sum per block of tokens.</summary>
    internal Span<double> BlockSums => _blockSums ??= new double[(VocabularySize + VocabularyScan.Block - 1) / VocabularyScan.Block];

    /// <summary>Gets one weight per token.</summary>
    internal Span<double> Weights => _weights ??= new double[VocabularySize];
}
