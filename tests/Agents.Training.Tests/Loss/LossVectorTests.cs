using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Loss;

/// <summary>Numbers of papers/00-grpo-baseline §5.</summary>
public sealed class LossVectorTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(0.5, 1, -0.5)]
    [InlineData(0.5, -1, 0.8)]
    [InlineData(1.25, 1, -1.2)]
    [InlineData(1.25, -1, 1.25)]
    [InlineData(4, 1, -1.2)]
    [InlineData(4, -1, 3.0)]
    public void PpoClip_Token_SymmetricClip(double ratio, double advantage, double expected) =>
        Assert.Equal(expected, PpoClipLoss.Token(Math.Log(ratio), advantage, new PpoClipOptions()).Loss, Tolerance);

    [Theory]
    [InlineData(1.25, -1.25)]
    [InlineData(1.5, -1.28)]
    public void PpoClip_Token_HigherUpperClip(double ratio, double expected) =>
        Assert.Equal(expected, PpoClipLoss.Token(Math.Log(ratio), 1, new PpoClipOptions { ClipHigh = 0.28 }).Loss, Tolerance);

    [Theory]
    [InlineData(LossAggregation.TokenMean, 1.166667)]
    [InlineData(LossAggregation.SequenceMeanTokenMean, 1.375)]
    [InlineData(LossAggregation.SequenceMeanTokenSum, 3.5)]
    [InlineData(LossAggregation.ConstantLength, 0.4375)]
    public void Aggregation_TwoRows(LossAggregation kind, double expected)
    {
        LossAggregator aggregator = new(kind, 8);
        LossContext context = new(6, 2, 2, 0);
        Assert.Equal(expected, (aggregator.Factor(2, context) * 4) + (aggregator.Factor(4, context) * 3), Tolerance);
    }

    [Theory]
    [InlineData(LossAggregation.SequenceMeanTokenMean, 0.707106, 0)]
    [InlineData(LossAggregation.TokenMean, 0.707106, 0.235702)]
    [InlineData(LossAggregation.ConstantLength, 0.5, 0.0625)]
    public void Aggregation_RewardsOneAndZero_DifferentLengths(LossAggregation kind, double advantage, double expected)
    {
        LossSample sample = Rows([2, 4], [advantage, -advantage]);
        Assert.Equal(expected, sample.Evaluate(new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(kind, 8) })), Tolerance);
    }

    [Theory]
    [InlineData(-1, -1.5, KlEstimator.K1, 0.5)]
    [InlineData(-1, -1.5, KlEstimator.K2, 0.125)]
    [InlineData(-1, -1.5, KlEstimator.K3, 0.106531)]
    [InlineData(-2, -1, KlEstimator.K1, -1)]
    [InlineData(-2, -1, KlEstimator.K2, 0.5)]
    [InlineData(-2, -1, KlEstimator.K3, 0.718282)]
    public void Kl_Token_Values(double logProbability, double reference, KlEstimator estimator, double expected) =>
        Assert.Equal(expected, KlPenalty.Token(estimator, logProbability, reference).Value, Tolerance);

    [Theory]
    [InlineData(KlEstimator.K1, new double[] { 0, 0, 0 })]
    [InlineData(KlEstimator.K2, new double[] { 0.445391, -0.325607, -0.119784 })]
    [InlineData(KlEstimator.K3, new double[] { 0.453299, -0.331388, -0.121911 })]
    [InlineData(KlEstimator.K3WithK2Gradient, new double[] { 0.445391, -0.325607, -0.119784 })]
    public void Kl_ExpectedGradient_IsThatOfTheDivergenceItStandsFor(KlEstimator estimator, double[] expected)
    {
        double[] p = Softmax([1, 0, -1]);
        double[] q = Softmax([0, 1, 0]);
        double[] gradient = new double[3];
        for (int token = 0; token < 3; token++)
        {
            double slope = KlPenalty.Token(estimator, Math.Log(p[token]), Math.Log(q[token])).Slope;
            for (int logit = 0; logit < 3; logit++)
            {
                gradient[logit] += p[token] * slope * ((logit == token ? 1 : 0) - p[logit]);
            }
        }

        for (int logit = 0; logit < 3; logit++)
        {
            Assert.Equal(expected[logit], gradient[logit], Tolerance);
        }

        Assert.Equal(0.474321, p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum(), Tolerance);
    }

    [Theory]
    [InlineData(0, 0.620957)]
    [InlineData(0.1, 0.635957)]
    public void Dpo_Pair(double smoothing, double expected)
    {
        LossSample sample = Pair(-10, -12, -11, -11.5);
        Assert.Equal(expected, sample.Evaluate(new DpoLoss(0.1, smoothing), out double[] slopes, out _), Tolerance);
        if (smoothing == 0)
        {
            Assert.Equal([-0.0462570, 0.0462570], slopes.Select(slope => Math.Round(slope, 7)));
        }
    }

    [Theory]
    [InlineData(SequenceRatio.Mean, 1.105171)]
    [InlineData(SequenceRatio.Sum, 1.349859)]
    public void SequenceRatio_LogRatios(SequenceRatio kind, double expected)
    {
        LossSample sample = new(1, [3]) { LogProbability = [.1, -.2, .4], Old = [0, 0, 0], Advantage = [1, 1, 1], Correction = [], Weight = [1, 1, 1] };
        SequenceClipLoss loss = new(kind, new PpoClipOptions { ClipHigh = 10, DualClip = null });
        Assert.Equal(-expected, sample.Evaluate(loss), Tolerance);
    }

    [Fact]
    public void Reinforce_PolicyGradient_OnLogits()
    {
        double[] p = Softmax([2, 1, 0]);
        LossSample sample = new(1, [1]) { LogProbability = [Math.Log(p[0])], Advantage = [1], Correction = [], Weight = [1] };
        sample.Evaluate(new ReinforceLoss(), out double[] slopes, out _);
        double[] logits = [.. p.Select((probability, i) => slopes[0] * ((i == 0 ? 1 : 0) - probability))];
        Assert.Equal([-.334759, .244728, .090031], logits.Select(value => Math.Round(value, 6)));
    }

    [Fact]
    public void CrossEntropy_ThreeTokens()
    {
        LossSample sample = new(1, [3]) { LogProbability = [-.407606, -1.098612, -.142932], Weight = [1, 1, 1] };
        Assert.Equal(.549717, sample.Evaluate(new CrossEntropyLoss()), Tolerance);
    }

    [Theory]
    [InlineData(1.2, 1.0, 1.5, 0.1, 0.08, 0)]
    [InlineData(1.6, 1.0, 1.5, 0.1, 0.08, 0)]
    [InlineData(1.05, 1.0, 1.5, 0.1, 0.10125, -0.45)]
    [InlineData(0.5, 1.0, 1.5, 0.1, 0.5, -1)]
    public void Value_ClippedRegression(double value, double old, double target, double clip, double loss, double slope)
    {
        (double actual, double actualSlope) = ValueLoss.Token(value, old, target, clip);
        Assert.Equal(loss, actual, Tolerance);
        Assert.Equal(slope, actualSlope, Tolerance);
    }

    [Fact]
    public void PpoClip_RatioOfOne_HasTheGradientOfReinforce()
    {
        LossSample sample = new(2, [4, 5], spread: 0);
        LossAggregator mean = new(LossAggregation.TokenMean);
        sample.Evaluate(new PpoClipLoss(new PpoClipOptions { Aggregator = mean }), out double[] clip, out _);
        sample.Evaluate(new ReinforceLoss(mean), out double[] plain, out _);
        Assert.All(clip.Zip(plain), pair => Assert.Equal(pair.Second, pair.First, 1e-15));
    }

    [Theory]
    [InlineData(800.0)]
    [InlineData(-800.0)]
    public void Losses_ExtremeDifferences_StayFinite(double shift)
    {
        LossSample sample = new(1, [3, 3]);
        for (int row = 0; row < 3; row++)
        {
            sample.LogProbability[row] += shift;
        }

        foreach (ITokenLoss loss in (ITokenLoss[])[new DpoLoss(), new KtoLoss(), new PpoClipLoss(), new KlPenalty(KlEstimator.K3, 1), new SimPoLoss(), new SequenceClipLoss(SequenceRatio.Sum)])
        {
            Assert.True(double.IsFinite(sample.Evaluate(loss, out double[] slopes, out _)), loss.Id);
            Assert.All(slopes, slope => Assert.True(double.IsFinite(slope), loss.Id));
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new PpoClipLoss(new PpoClipOptions { ClipLow = 1 }));
        Assert.Throws<ArgumentException>(() => new PpoClipLoss(new PpoClipOptions { DualClip = 1 }));
        Assert.Throws<ArgumentException>(() => new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.ConstantLength) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DpoLoss(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DpoLoss(0.1, 0.5));
    }

    private static LossSample Rows(int[] lengths, double[] advantages)
    {
        LossSample sample = new(1, lengths, spread: 0) { Correction = [] };
        int row = 0;
        for (int sequence = 0; sequence < lengths.Length; sequence++)
        {
            for (int i = 0; i < lengths[sequence]; i++, row++)
            {
                sample.Weight[row] = 1;
                sample.Advantage[row] = advantages[sequence];
            }
        }

        return sample;
    }

    private static LossSample Pair(double chosen, double rejected, double chosenReference, double rejectedReference) =>
        new(1, [1, 1]) { LogProbability = [chosen, rejected], Reference = [chosenReference, rejectedReference], Weight = [1, 1] };

    private static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }
}
