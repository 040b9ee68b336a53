using System.Collections.Immutable;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Sampling;

/// <summary>
/// Draws tokens from logits (papers/00-model-architecture §11): the first id whose cumulative probability, in id order, exceeds a uniform number.
/// Log-probabilities of undistorted distributions come from the loss kernels, so they equal those of scoring and training bit for bit. Immutable; calls at the same time need a workspace each.
/// </summary>
public sealed unsafe class TokenSampler
{
    private readonly ILossKernels<float> _kernels;
    private readonly ImmutableArray<ISamplingStage> _penalties;
    private readonly ImmutableArray<ISamplingStage> _shaping;
    private readonly bool _distorts;
    private readonly double _inverseTemperature;
    private readonly int _vocabulary;
    private readonly bool _truncates;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">How to draw.</param>
    /// <param name="vocabularySize">Number of logits.</param>
    /// <param name="kernels">Kernels that compute log-probabilities.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TokenSampler(SamplingOptions options, int vocabularySize, ILossKernels<float> kernels)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        options.Validate();
        Options = options;
        _kernels = kernels;
        _vocabulary = vocabularySize;
        _penalties = SamplerChain.Penalties(options);
        _shaping = SamplerChain.Shaping(options);
        _truncates = SamplerChain.Truncates(options);
        _inverseTemperature = options.Temperature == 0 ? 1 : 1 / options.Temperature;
        _distorts = !_penalties.IsEmpty || _truncates;
    }

    /// <summary>Gets the options.</summary>
    public SamplingOptions Options { get; }

    /// <summary>Draws one token; allocates nothing.</summary>
    /// <param name="logits">[vocabulary], left as they are.</param>
    /// <param name="history">Tokens of prompt and completion; penalties look at the latest.</param>
    /// <param name="stream">Advanced by one draw; greedy decoding takes none.</param>
    /// <param name="workspace">Scratch memory for the same vocabulary.</param>
    /// <param name="allowed">
    /// One bit per token id: bit (id mod 32) of element id / 32. Other tokens are never drawn: they have no probability in the behaviour distribution, their
    /// share of the tempered one is missing from the kept mass, and the plain log-probability does not know of them. Empty allows all.
    /// </param>
    /// <exception cref="InvalidLogitsException">A logit is NaN or plus infinity, or those of all allowed tokens are minus infinity.</exception>
    public TokenDraw Draw(float* logits, ReadOnlySpan<int> history, ref SampleStream stream, SamplerWorkspace workspace, ReadOnlySpan<uint> allowed = default)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentOutOfRangeException.ThrowIfNotEqual(workspace.VocabularySize, _vocabulary);
        ReadOnlySpan<float> row = new(logits, _vocabulary);
        int greedy = VocabularyScan.Largest(row);
        if (!allowed.IsEmpty)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(allowed.Length, (_vocabulary + 31) / 32);
        }

        bool distorts = _distorts || !allowed.IsEmpty;
        double behavior = 0;
        double mass = 1;
        int id = greedy;
        if (distorts)
        {
            ReadOnlySpan<int> recent = history[^Math.Min(history.Length, Options.PenaltyWindow)..];
            (id, behavior, mass) = DrawDistorted(workspace, logits, greedy, allowed, recent, ref stream);
        }
        else if (Options.Temperature > 0)
        {
            Span<double> sums = workspace.BlockSums;
            double total = VocabularyScan.BlockSums(row, row[greedy], _inverseTemperature, sums);
            id = VocabularyScan.FirstBeyond(row, row[greedy], _inverseTemperature, sums, stream.NextUnit() * total);
        }

        TokenStatistic plain = Statistic(logits, id, 1);
        if (!distorts && Options.Temperature > 0)
        {
            behavior = Options.Temperature == 1 ? plain.LogProbability : Statistic(logits, id, _inverseTemperature).LogProbability;
        }

        return new TokenDraw(id, behavior, plain.LogProbability, mass, plain.LogSumExp);
    }

    private TokenStatistic Statistic(float* logits, int id, double inverseTemperature)
    {
        TokenStatistic statistic;
        _kernels.TokenStatistics(new MatrixView<float>(logits, 1, _vocabulary), &id, inverseTemperature, &statistic);
        return statistic;
    }

    private (int Id, double LogProbability, double KeptMass) DrawDistorted(
        SamplerWorkspace workspace, float* logits, int greedy, ReadOnlySpan<uint> allowed, ReadOnlySpan<int> recent, ref SampleStream stream)
    {
        CandidateSet candidates = workspace.Candidates;
        bool masked = !allowed.IsEmpty;
        bool greedily = Options.Temperature == 0;
        double full = 0;
        if (masked && _penalties.IsEmpty)
        {
            // Few candidates are left as a rule, so the mass of all tokens comes from the kernels and the candidates from the mask.
            candidates.Load(new ReadOnlySpan<float>(logits, _vocabulary), allowed);
            full = greedily || candidates.Count == 0 ? 0 : Statistic(logits, candidates.Items[0].Id, _inverseTemperature).LogSumExp;
        }
        else if (!masked && !greedily && _penalties.IsEmpty && LoadFew(candidates, logits, greedy))
        {
            full = Statistic(logits, greedy, _inverseTemperature).LogSumExp;
        }
        else
        {
            candidates.Load(new ReadOnlySpan<float>(logits, _vocabulary));
            foreach (ISamplingStage stage in _penalties)
            {
                stage.Apply(candidates, recent);
            }

            full = greedily ? 0 : candidates.LogSumExp(_inverseTemperature);
            if (masked)
            {
                candidates.KeepAllowed(allowed);
            }
        }

        if (candidates.Count == 0)
        {
            throw new InvalidLogitsException("The logits of all tokens that the constraint allows are minus infinity.");
        }

        if (greedily)
        {
            int best = 0;
            for (int i = 1; i < candidates.Count; i++)
            {
                best = candidates.Items[i] < candidates.Items[best] ? i : best;
            }

            return (candidates.Items[best].Id, 0, 1);
        }

        foreach (ISamplingStage stage in _shaping)
        {
            stage.Apply(candidates, recent);
        }

        candidates.SortById();
        double kept = candidates.LogSumExp();
        Span<double> weights = workspace.Weights[..candidates.Count];
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(candidates.Items[i].Logit - kept);
            sum += weights[i];
        }

        Candidate drawn = candidates.Items[FirstBeyond(weights, stream.NextUnit() * sum)];
        return (drawn.Id, drawn.Logit - kept, _truncates || masked ? Math.Min(1, Math.Exp(kept - full)) : 1);
    }

    /// <summary>Loads only what the first stage that truncates leaves, without sorting all tokens. False where that stage has to see all of them.</summary>
    private bool LoadFew(CandidateSet candidates, float* logits, int greedy)
    {
        ReadOnlySpan<float> row = new(logits, _vocabulary);
        if (Options.TopK > 0)
        {
            return candidates.TryLoadLargest(row, Options.TopK);
        }

        if (Options.TypicalP < 1 || (Options.Order == SamplerOrder.TemperThenTruncate && Options.Temperature != 1))
        {
            return false;
        }

        if (Options.TopP < 1)
        {
            // The limit of the stage itself, which then finds nothing more to drop.
            double logSum = Statistic(logits, greedy, 1).LogSumExp;
            candidates.LoadAtLeast(row, TopPStage.LeastLogit(logSum, Options.TopP, _vocabulary), logSum);
        }
        else
        {
            candidates.LoadAtLeast(row, row[greedy] + Math.Log(Options.MinP), null);
        }

        return true;
    }

    /// <summary>Index of the first cumulative sum above a threshold; the last positive weight when rounding leaves none.</summary>
    private static int FirstBeyond(ReadOnlySpan<double> weights, double threshold)
    {
        double cumulative = 0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            cumulative += weights[i];
            if (cumulative > threshold)
            {
                return i;
            }

            last = weights[i] > 0 ? i : last;
        }

        return last;
    }
}
