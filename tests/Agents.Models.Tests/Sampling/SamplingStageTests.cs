using Agents.Models.Sampling;

namespace Agents.Models.Tests.Sampling;

/// <summary>Values of papers/00-model-architecture §13.</summary>
public sealed class SamplingStageTests
{
    private static readonly float[] Logits = [2, 1, 0.5f, 0, -1, -3];

    [Fact]
    public void Load_Softmax_MatchesThePrintedValues() =>
        AssertProbabilities([.5608934, .2063412, .1251522, .0759087, .0279252, .0037793], Loaded());

    [Fact]
    public void TopK_Three_KeepsThePrintedDistribution() => AssertProbabilities([.6285317, .2312239, .1402444], Applied(new TopKStage(3)));

    [Fact]
    public void TopK_EqualLogits_KeepsTheSmallerIds()
    {
        CandidateSet set = new(4);
        set.Load([1, 2, 2, 2]);

        new TopKStage(2).Apply(set, []);

        Assert.Equal([1, 2], Ids(set));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    [InlineData(996)]
    public void KeepLargest_ManyEqualLogits_KeepsWhatSortingKeeps(int count)
    {
        SampleStream stream = new((ulong)count);
        float[] logits = [.. Enumerable.Range(0, 997).Select(_ => (float)stream.NextInt(40))];
        CandidateSet set = new(logits.Length);
        set.Load(logits);

        set.KeepLargest(count);

        set.SortDescending();
        Assert.Equal(logits.Select((logit, id) => new Candidate(logit, id)).Order().Take(count), set.Items.ToArray());
    }

    [Fact]
    public void TopP_BeforeTemperature_KeepsFour() => AssertProbabilities([.5792585, .2130973, .12925, .0783941], Applied(new TopPStage(0.9)));

    [Fact]
    public void TopP_AfterTemperature_KeepsThree() =>
        AssertProbabilities([.6945121, .198981, .1065069], Applied(new TemperatureStage(0.8), new TopPStage(0.9)));

    [Fact]
    public void TopP_FlatDistribution_KeepsTheShortestPrefix()
    {
        CandidateSet set = new(8);
        set.Load(new float[8]);

        new TopPStage(0.6).Apply(set, []);

        Assert.Equal([0, 1, 2, 3, 4], Ids(set));
    }

    [Theory]
    [InlineData(0.2, 3)]
    [InlineData(0.1, 4)]
    public void MinP_KeepsThePrintedNumber(double share, int kept) => Assert.Equal(Enumerable.Range(0, kept), Ids(Applied(new MinPStage(share))));

    [Fact]
    public void Typical_Half_KeepsThePrintedTokens()
    {
        CandidateSet set = Applied(new TypicalStage(0.5));

        Assert.Equal([1, 0], set.Items.ToArray().Select(item => item.Id));
        AssertProbabilities([.2689414, .7310586], set);
    }

    [Fact]
    public void RepetitionPenalty_DividesPositiveAndMultipliesNegative() =>
        AssertLogits([1.5384615, 1, .5, 0, -1.3, -3], Applied([0, 4], new RepetitionPenaltyStage(1.3)));

    [Fact]
    public void RepetitionPenalty_RepeatedToken_CountsOnce() =>
        AssertLogits([1.5384615, 1, .5, 0, -1.3, -3], Applied([0, 4, 0, 0], new RepetitionPenaltyStage(1.3)));

    [Fact]
    public void OccurrencePenalty_SubtractsPerCountAndOnce() =>
        AssertLogits([.9, 1, .5, 0, -1.7, -3], Applied([0, 4, 0, 0], new OccurrencePenaltyStage(0.2, 0.5)));

    [Fact]
    public void Load_MinusInfinity_ExcludesTheToken()
    {
        CandidateSet set = new(3);

        set.Load([1, float.NegativeInfinity, 2]);

        Assert.Equal([0, 2], Ids(set));
    }

    private static CandidateSet Loaded()
    {
        CandidateSet set = new(Logits.Length);
        set.Load(Logits);
        return set;
    }

    private static CandidateSet Applied(params ISamplingStage[] stages) => Applied([], stages);

    private static CandidateSet Applied(int[] recent, params ISamplingStage[] stages)
    {
        CandidateSet set = Loaded();
        foreach (ISamplingStage stage in stages)
        {
            stage.Apply(set, recent);
        }

        return set;
    }

    private static IEnumerable<int> Ids(CandidateSet set) => set.Items.ToArray().Select(item => item.Id);

    private static void AssertLogits(double[] expected, CandidateSet set)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], set.Items[i].Logit, 1e-6);
        }
    }

    private static void AssertProbabilities(double[] expected, CandidateSet set)
    {
        double logSum = set.LogSumExp();
        Assert.Equal(expected.Length, set.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], Math.Exp(set.Items[i].Logit - logSum), 6e-8);
        }
    }
}
