using Agents.Models.Sampling;

namespace Agents.Models.Tests.Sampling;

public sealed class VocabularyScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(512)]
    [InlineData(1531)]
    public void FirstBeyond_AnyThreshold_IsTheFirstCumulativeWeightAboveIt(int count)
    {
        float[] logits = Random((ulong)count, count);
        int best = VocabularyScan.Largest(logits);
        var sums = new double[(count + VocabularyScan.Block - 1) / VocabularyScan.Block];
        double total = VocabularyScan.BlockSums(logits, logits[best], 1.3, sums);
        double[] weights = [.. logits.Select(logit => Math.Exp(((double)logit - logits[best]) * 1.3))];

        Assert.Equal(Array.IndexOf(logits, logits.Max()), best);
        Assert.Equal(weights.Sum(), total, 1e-9 * total);
        SampleStream random = new(3);
        for (int i = 0; i < 300; i++)
        {
            double threshold = random.NextUnit() * total;
            double cumulative = 0;
            int expected = Array.FindIndex(weights, weight => (cumulative += weight) > threshold);
            Assert.Equal(expected, VocabularyScan.FirstBeyond(logits, logits[best], 1.3, sums, threshold));
        }
    }

    [Fact]
    public void FirstBeyond_ThresholdLostToRounding_ReturnsTheLastPossibleToken()
    {
        float[] logits = [0, 1, 0.5f, float.NegativeInfinity];
        var sums = new double[1];
        double total = VocabularyScan.BlockSums(logits, 1, 1, sums);

        Assert.Equal(2, VocabularyScan.FirstBeyond(logits, 1, 1, sums, total * 2));
    }

    [Theory]
    [InlineData(20, 3, float.NaN)]
    [InlineData(20, 19, float.PositiveInfinity)]
    [InlineData(3, 1, float.NaN)]
    public void Largest_NotFinite_NamesTheToken(int count, int at, float value)
    {
        var logits = new float[count];
        logits[at] = value;

        Assert.Contains($"token {at} ", Assert.Throws<InvalidLogitsException>(() => VocabularyScan.Largest(logits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Largest_AllExcluded_Throws()
    {
        var logits = new float[17];
        Array.Fill(logits, float.NegativeInfinity);

        Assert.Throws<InvalidLogitsException>(() => VocabularyScan.Largest(logits));
        logits[16] = -3;
        logits[9] = -3;
        Assert.Equal(9, VocabularyScan.Largest(logits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void TryLoadLargest_RandomLogits_IsTheStartOfTheSortedOrder(int count)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] logits = Random(seed, 1003);

            // Few different values, so that ties decide.
            float[] tied = [.. logits.Select(logit => MathF.Round(logit))];
            tied[0] = float.NegativeInfinity;
            foreach (float[] row in new[] { logits, tied })
            {
                CandidateSet expected = new(row.Length);
                expected.Load(row);
                expected.SortDescending();
                CandidateSet actual = new(row.Length);

                Assert.True(actual.TryLoadLargest(row, count));
                Assert.Equal(expected.Items[..count].ToArray(), actual.Items.ToArray());
            }
        }
    }

    [Fact]
    public void TryLoadLargest_MostOfTheVocabulary_LeavesItToTheStage() => Assert.False(new CandidateSet(80).TryLoadLargest(new float[80], 11));

    [Fact]
    public void LoadAtLeast_Limit_KeepsEqualOnesInIdOrder()
    {
        float[] logits = [.. Enumerable.Range(0, 35).Select(i => (float)(i % 7))];
        CandidateSet set = new(logits.Length);

        set.LoadAtLeast(logits, 5, 12.5);

        Assert.Equal(Enumerable.Range(0, 35).Where(i => i % 7 >= 5), set.Items.ToArray().Select(item => item.Id));
        Assert.Equal(12.5, set.LogSumExp());
        set.KeepAtLeast(6);
        Assert.NotEqual(12.5, set.LogSumExp());
    }

    private static float[] Random(ulong seed, int count)
    {
        SampleStream stream = new(seed, 8);
        var logits = new float[count];
        for (int i = 0; i < count; i++)
        {
            logits[i] = (float)(stream.NextNormal() * 3);
        }

        return logits;
    }
}
