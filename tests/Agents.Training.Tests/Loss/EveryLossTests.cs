using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Loss;

/// <summary>What every objective promises: gradients agree with differences, masked tokens play no part, micro-batches add up.</summary>
public sealed class EveryLossTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Names => [.. Losses.Keys];

    /// <summary>Objectives of single sequences. A pair without targets cannot be compared, and the packer makes none.</summary>
    public static TheoryData<string> UnpairedNames => [.. Losses.Keys.Except(["dpo", "cdpo", "robust-dpo", "ipo", "simpo", "orpo"])];

    /// <summary>Policy losses alone.</summary>
    public static TheoryData<string> PolicyNames =>
        [.. Losses.Keys.Where(name => name is "gspo" or "rloo-clip" or "cispo" || name.StartsWith("reinforce", StringComparison.Ordinal) || name.StartsWith("ppo-clip", StringComparison.Ordinal))];

    private static readonly Dictionary<string, ITokenLoss> Losses = Create();

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_Gradients_AgreeWithFiniteDifferences(string name)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            LossSample sample = new(seed, [4, 3, 6, 2]);
            sample.Evaluate(Losses[name], out double[] slopes, out double[] entropySlopes);
            for (int row = 0; row < slopes.Length; row++)
            {
                Assert.Equal(Difference(sample, Losses[name], sample.LogProbability, row), slopes[row], 2e-8 + (1e-6 * Math.Abs(slopes[row])));
                Assert.Equal(Difference(sample, Losses[name], sample.Entropy, row), entropySlopes[row], 2e-8);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_MaskedTokens_PlayNoPart(string name)
    {
        LossSample sample = new(3, [4, 3, 6, 2]);
        double before = sample.Evaluate(Losses[name], out double[] slopes, out _);
        for (int row = 0; row < slopes.Length; row++)
        {
            if (sample.Weight[row] == 0)
            {
                Assert.Equal(0, slopes[row]);
                sample.LogProbability[row] = double.NaN;
                sample.Old[row] = double.NaN;
                sample.Reference[row] = double.NaN;
                sample.Entropy[row] = double.NaN;
            }
        }

        Assert.Equal(before, sample.Evaluate(Losses[name]));
    }

    [Theory]
    [MemberData(nameof(UnpairedNames))]
    public void Evaluate_SequencesWithoutTargets_CostNothing(string name)
    {
        LossSample with = new(6, [4, 3, 3, 5]);
        LossSample without = new(6, [4, 3]);
        without.LogProbability.CopyTo(with.LogProbability, 0);
        without.Old.CopyTo(with.Old, 0);
        without.Reference.CopyTo(with.Reference, 0);
        without.Entropy.CopyTo(with.Entropy, 0);
        without.Correction.CopyTo(with.Correction, 0);
        without.Advantage.CopyTo(with.Advantage, 0);
        Array.Clear(with.Weight, 7, 8);
        Assert.Equal(without.Evaluate(Losses[name], out double[] expected, out _), with.Evaluate(Losses[name], without.Context, out double[] actual, out _));
        Assert.Equal([.. expected, .. new double[8]], actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_GradientsThatArePresent_AreAddedTo(string name)
    {
        LossSample sample = new(4, [4, 3]);
        sample.Evaluate(Losses[name], out double[] once, out _);
        sample.Evaluate(new CompositeLoss("twice", [Losses[name], Losses[name]]), out double[] twice, out _);
        Assert.Equal(once.Select(slope => 2 * slope), twice);
    }

    [Theory]
    [MemberData(nameof(PolicyNames))]
    public void Evaluate_ZeroAdvantages_AreExactlyZero(string name)
    {
        // What groups of equal rewards lead to, far from the sampling policy too.
        LossSample sample = new(8, [4, 3, 6, 2], spread: 2);
        Array.Clear(sample.Advantage);
        Assert.Equal(0, sample.Evaluate(Losses[name], out double[] slopes, out _));
        Assert.All(slopes, slope => Assert.Equal(0, slope));
    }

    [Theory]
    [MemberData(nameof(PolicyNames))]
    public void Evaluate_OnThePolicyThatSampled_PushesInTheOrderOfAdvantages(string name)
    {
        LossSample sample = new(9, [3, 3, 3, 3], spread: 0) { Correction = [] };
        sample.Evaluate(Losses[name], out double[] slopes, out _);
        int[] learned = [1, 4, 7, 10];
        Assert.Equal(learned.OrderBy(row => sample.Advantage[row]), learned.OrderByDescending(row => slopes[row]));
        Assert.All(learned, row => Assert.Equal(-Math.Sign(sample.Advantage[row]), Math.Sign(slopes[row])));
    }

    [Theory]
    [InlineData("dpo")]
    [InlineData("ipo")]
    [InlineData("simpo")]
    [InlineData("orpo")]
    public void Evaluate_SplitPair_IsRefused(string name) =>
        Assert.Contains("pair was split", Assert.Throws<ArgumentException>(() => new LossSample(1, [3, 3, 3]).Evaluate(Losses[name])).Message, StringComparison.Ordinal);

    [Fact]
    public void Evaluate_MissingColumn_IsNamed()
    {
        LossSample sample = new(1, [3, 3]) { Advantage = [] };
        Assert.Contains("'ppo-clip' reads the column Advantage", Assert.Throws<ArgumentException>(() => sample.Evaluate(new PpoClipLoss())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_Registry_HasEveryObjective() =>
        Assert.Equal(
            ["cispo", "cross-entropy", "dpo", "gspo", "ipo", "kto", "orpo", "ppo-clip", "reinforce", "rloo-clip", "simpo"], TokenLossRegistry.Default.Ids);

    private static double Difference(LossSample sample, ITokenLoss loss, double[] values, int row)
    {
        double at = values[row];
        values[row] = at + Step;
        double up = sample.Evaluate(Frozen(loss, sample, at, row, values));
        values[row] = at - Step;
        double down = sample.Evaluate(Frozen(loss, sample, at, row, values));
        values[row] = at;
        return (up - down) / (2 * Step);
    }

    /// <summary>CISPO's weight is a constant; its surrogate with the weight of the point itself is what differences can see.</summary>
    private static ITokenLoss Frozen(ITokenLoss loss, LossSample sample, double at, int row, double[] values) =>
        loss is CispoLoss && ReferenceEquals(values, sample.LogProbability) ? new FrozenCispo(row, at) : loss;

    private static Dictionary<string, ITokenLoss> Create()
    {
        Dictionary<string, ITokenLoss> losses = new()
        {
            ["cross-entropy"] = new CrossEntropyLoss(),
            ["dpo"] = new DpoLoss(),
            ["cdpo"] = new DpoLoss(0.3, 0.1),
            ["robust-dpo"] = new DpoLoss(0.3, 0.1, robust: true),
            ["ipo"] = new IpoLoss(0.5),
            ["simpo"] = new SimPoLoss(),
            ["orpo"] = new OrpoLoss(0.5),
            ["kto"] = new KtoLoss(0.2, 1.3, 0.7),
            ["reinforce"] = new ReinforceLoss(),
            ["gspo"] = new SequenceClipLoss(SequenceRatio.Mean),
            ["rloo-clip"] = new SequenceClipLoss(SequenceRatio.Sum),
            ["cispo"] = new CispoLoss(),
            ["entropy"] = new EntropyBonus(0.01),
        };
        foreach (LossAggregation kind in Enum.GetValues<LossAggregation>())
        {
            losses[$"ppo-clip {kind}"] = new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(kind, 8) });
            losses[$"reinforce {kind}"] = new ReinforceLoss(new LossAggregator(kind, 8));
        }

        foreach (KlEstimator estimator in (KlEstimator[])[KlEstimator.K1, KlEstimator.K2, KlEstimator.K3])
        {
            losses[$"kl {estimator}"] = new KlPenalty(estimator, 0.05);
        }

        losses["grpo with kl"] = new CompositeLoss("grpo", [new PpoClipLoss(), new KlPenalty(KlEstimator.K3, 0.04), new EntropyBonus(0.001)]);
        return losses;
    }

    /// <summary>CISPO whose weights come from the point at which the gradient is taken.</summary>
    private sealed class FrozenCispo(int row, double at) : ITokenLoss
    {
        public string Id => "frozen";

        public double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients)
        {
            double sum = 0;
            for (int i = 0; i < inputs.Weight.Length; i++)
            {
                double point = i == row ? at : inputs.LogProbability[i];
                double weight = Math.Clamp(Math.Exp(point - inputs.OldLogProbability[i]), 0.8, 1.2);
                sum -= inputs.Weight[i] == 0 ? 0 : inputs.Weight[i] * weight * inputs.Advantage[i] * inputs.Correction[i] * inputs.LogProbability[i];
            }

            return sum / context.TokenWeight;
        }
    }
}
