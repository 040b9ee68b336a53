using System.Globalization;
using Agents.Learning;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Loss;

/// <summary>What an objective says about itself decides whether runs may be resumed and what the loop may leave out.</summary>
public sealed class LossSettingsTests
{
    public static TheoryData<string> Names => [.. Variants.Keys];

    private static Dictionary<string, ITokenLoss[]> Variants { get; } = new()
    {
        ["ppo"] =
        [
            new PpoClipLoss(), new PpoClipLoss(new PpoClipOptions { ClipLow = 0.1 }), new PpoClipLoss(new PpoClipOptions { ClipHigh = 0.3 }), new PpoClipLoss(new PpoClipOptions { DualClip = 4 }),
            new PpoClipLoss(new PpoClipOptions { DualClip = null }), new PpoClipLoss(new PpoClipOptions { RatioCap = 2 }),
            new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.ConstantLength, 7) }),
            new PpoClipLoss(new PpoClipOptions { Aggregator = new LossAggregator(LossAggregation.ConstantLength, 8) }),
        ],
        ["cispo"] = [new CispoLoss(), new CispoLoss(new PpoClipOptions { ClipHigh = 0.3 })],
        ["sequence"] = [new SequenceClipLoss(SequenceRatio.Mean), new SequenceClipLoss(SequenceRatio.Sum), new SequenceClipLoss(SequenceRatio.Sum, new PpoClipOptions { ClipLow = 0.3 })],
        ["reinforce"] = [new ReinforceLoss(), new ReinforceLoss(new LossAggregator(LossAggregation.TokenMean))],
        ["kl"] = [new KlPenalty(KlEstimator.K3, 0.1), new KlPenalty(KlEstimator.K2, 0.1), new KlPenalty(KlEstimator.K3, 0.2), new KlPenalty(KlEstimator.K3, 0.1, new LossAggregator(LossAggregation.TokenMean))],
        ["entropy"] = [new EntropyBonus(0.1), new EntropyBonus(-0.1), new EntropyBonus(0.1, new LossAggregator(LossAggregation.SequenceMeanTokenMean))],
        ["dpo"] = [new DpoLoss(), new DpoLoss(0.2), new DpoLoss(0.1, 0.1), new DpoLoss(0.1, 0.1, robust: true)],
        ["ipo"] = [new IpoLoss(), new IpoLoss(0.7)],
        ["simpo"] = [new SimPoLoss(), new SimPoLoss(3), new SimPoLoss(2, 0.5)],
        ["kto"] = [new KtoLoss(), new KtoLoss(0.2), new KtoLoss(0.1, 2), new KtoLoss(0.1, 1, 2)],
        ["orpo"] = [new OrpoLoss(), new OrpoLoss(0.7)],
        ["sum"] = [new CompositeLoss("x", [new PpoClipLoss()]), new CompositeLoss("x", [new PpoClipLoss(), new EntropyBonus(0.1)]), new CompositeLoss("x", [new PpoClipLoss(), new EntropyBonus(0.2)])],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_OtherSettings_AreOtherLines(string name)
    {
        string[] lines = [.. Variants[name].Select(loss => loss.Settings)];

        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.All(lines, line => Assert.DoesNotContain("\n", line, StringComparison.Ordinal));
        Assert.All(Variants[name].Zip(lines), pair => Assert.StartsWith(pair.First.Id, pair.Second, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Settings_OtherCulture_AreTheSameLines(string name)
    {
        string[] lines = [.. Variants[name].Select(loss => loss.Settings)];
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(lines, Variants[name].Select(loss => loss.Settings));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Traits_OfEveryObjective_AreTrue(string name)
    {
        foreach (ITokenLoss loss in Variants[name])
        {
            LossSample sample = new(3, [4, 3, 6, 2]);
            if (!loss.ReadsTokenWeight)
            {
                double value = sample.Evaluate(loss, out double[] slopes, out _);
                Assert.Equal(value, sample.Evaluate(loss, sample.Context with { TokenWeight = double.NaN }, out double[] others, out _));
                Assert.Equal(slopes, others);
            }

            if (loss.IsZeroWithoutAdvantage)
            {
                Array.Clear(sample.Advantage);
                sample.Evaluate(loss, out double[] slopes, out double[] entropy);
                Assert.All(slopes.Concat(entropy), slope => Assert.Equal(0, slope));
            }
        }
    }
}
