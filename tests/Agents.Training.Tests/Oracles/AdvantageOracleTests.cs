using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Training.Advantages;
using Agents.Training.Loss;

namespace Agents.Training.Tests.Oracles;

/// <summary>Advantage estimators, weights and the value loss against numpy and PyTorch; deviations relative to the largest expected entry.</summary>
/// <param name="oracle">Answers of the script.</param>
[Collection(nameof(PyTorchCases))]
public sealed class AdvantageOracleTests(LossOracle oracle)
{
    private const double Tolerance = 1e-10;

    public static TheoryData<string> Names => [.. OracleLosses.Estimators.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Estimate_RandomGroups_AgreesWithNumpy(string name) => ForEachSeed(name, seed =>
    {
        (double[] rewards, int[] groups, int[] lengths) = AdvantageOracleCases.Completions(seed);
        double[] actual = new double[rewards.Length];
        OracleLosses.Estimators[name].Estimator.Estimate(new AdvantageInputs { Reward = rewards, Group = groups, Length = lengths }, actual);
        return actual;
    });

    [Fact]
    public void Generalized_RandomMasks_AgreesWithTheSum()
    {
        for (int seed = 0; seed < AdvantageOracleCases.Seeds; seed++)
        {
            (double[] rewards, double[] values, _, _, bool[] mask) = AdvantageOracleCases.Tokens(seed);
            double[] advantages = new double[rewards.Length];
            double[] returns = new double[rewards.Length];
            GeneralizedAdvantage.Estimate(rewards, values, mask, 0.97, 0.9, advantages, returns);
            JsonNode answer = oracle.Answer($"advantage gae #{seed}");
            AssertNear(answer, "advantages", advantages);
            AssertNear(answer, "returns", returns);
        }
    }

    [Fact]
    public void Whitening_RandomMasks_AgreesWithNumpy() => ForEachSeed("whiten", seed =>
    {
        (_, double[] values, _, _, bool[] mask) = AdvantageOracleCases.Tokens(seed);
        Whitening.Apply(values, [.. mask.Select(kept => kept ? 1.0 : 0)]);
        return values;
    });

    [Fact]
    public void TruncatedImportance_RandomLogProbabilities_AgreesWithPyTorch() => ForEachSeed("importance", seed =>
    {
        (_, double[] values, double[] old, _, _) = AdvantageOracleCases.Tokens(seed);
        return [.. values.Zip(old, (trainer, sampler) => new TruncatedImportance(1.5).Of(trainer, sampler - 0.3))];
    });

    [Fact]
    public void OverlongPenalty_RandomLengths_AgreesWithThePaper() => ForEachSeed("overlong", seed =>
        [.. AdvantageOracleCases.Completions(seed).Lengths.Select(new OverlongPenalty(9, 4, 0.7).Of)]);

    [Fact]
    public void RewardNormalization_TwoRewards_AgreesWithNumpy() => ForEachSeed("gdpo", seed =>
    {
        (double[] rewards, int[] groups, int[] lengths) = AdvantageOracleCases.Completions(seed);
        double[] actual = new double[groups.Length];
        double[] scored = [.. rewards.Select(reward => double.IsNaN(reward) ? 0.25 : reward)];
        new RewardNormalization().Estimate([scored, [.. lengths.Select(n => n / 9.0)]], [1, 0.4], groups, actual);
        return actual;
    });

    [Theory]
    [InlineData("value", AdvantageOracleCases.Clip)]
    [InlineData("value without clip", double.PositiveInfinity)]
    public void ValueLoss_RandomValues_AgreesWithPyTorch(string name, double clip)
    {
        for (int seed = 0; seed < AdvantageOracleCases.Seeds; seed++)
        {
            (_, double[] values, double[] old, double[] targets, _) = AdvantageOracleCases.Tokens(seed);
            (double Loss, double Slope)[] actual = [.. values.Select((value, i) => ValueLoss.Token(value, old[i], targets[i], clip))];
            JsonNode answer = oracle.Answer($"{name} #{seed}");
            AssertNear(answer, "losses", [.. actual.Select(entry => entry.Loss)]);
            AssertNear(answer, "slopes", [.. actual.Select(entry => entry.Slope)]);
        }
    }

    private static void AssertNear(JsonNode answer, string column, double[] actual)
    {
        double[] expected = answer[column]!.Deserialize<double[]>()!;
        Assert.Equal(expected.Length, actual.Length);
        double size = expected.Max(Math.Abs);
        double difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference <= Tolerance * size, $"{column}: difference {difference:E2}, largest entry {size:E2}");
    }

    private void ForEachSeed(string name, Func<int, double[]> estimate)
    {
        for (int seed = 0; seed < AdvantageOracleCases.Seeds; seed++)
        {
            AssertNear(oracle.Answer($"advantage {name} #{seed}"), "advantages", estimate(seed));
        }
    }
}
