using Agents.Models.Decoder;
using Agents.Models.Inspection;

namespace Agents.Models.Tests.Inspection;

public sealed class DistributionMomentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(321)]
    public void Of_Logits_AreTheDefinitions(int count)
    {
        float[] logits = [.. Enumerable.Range(0, count).Select(i => 6 * MathF.Sin(i * 1.3f) - 40)];
        double[] p = [.. logits.Select(logit => Math.Exp(logit))];
        double sum = p.Sum();
        double[] surprisal = [.. p.Select(value => -Math.Log(value / sum))];
        double entropy = p.Zip(surprisal, (a, b) => a / sum * b).Sum();

        DistributionStatistics statistics = DistributionMoments.Of(logits);

        Assert.Equal(entropy, statistics.Entropy, 1e-12);
        Assert.Equal(p.Zip(surprisal, (a, b) => a / sum * (b - entropy) * (b - entropy)).Sum(), statistics.SurprisalVariance, 1e-11);
        Assert.Equal(-surprisal.Min(), statistics.LargestLogProbability, 1e-12);
    }

    [Fact]
    public void Of_ForbiddenTokens_CountAsNothing()
    {
        float[] logits = [1, float.NegativeInfinity, 1, float.NegativeInfinity, 1, 1, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity];

        DistributionStatistics statistics = DistributionMoments.Of(logits);

        Assert.Equal(Math.Log(4), statistics.Entropy, 1e-12);
        Assert.Equal(0, statistics.SurprisalVariance, 1e-12);
        Assert.Equal(-Math.Log(4), statistics.LargestLogProbability, 1e-12);
    }

    [Fact]
    public async Task GenerateAsync_StatisticsAskedFor_ComeWithEveryToken()
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = new() { Prompts = [PromptSamples.Create([1, 2, 3], 1, 0, 2)], MaxTokens = 4, IgnoreEndTokens = true, Statistics = true, Sampling = new SamplingOptions { Temperature = 0.5 } };
        List<GeneratedToken> tokens = [];

        await foreach (GeneratedToken token in model.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            tokens.Add(token);
        }

        Assert.Equal(8, tokens.Count);
        Assert.All(tokens, token =>
        {
            Assert.InRange(token.Statistics!.Value.Entropy, 0.01, Math.Log(320));
            Assert.True(token.PlainLogProbability <= token.Statistics.Value.LargestLogProbability + 1e-5);
        });
        await foreach (GeneratedToken token in model.GenerateAsync(request with { Statistics = false }, TestContext.Current.CancellationToken))
        {
            Assert.Null(token.Statistics);
        }
    }
}
