using Agents.Models.Decoder;
using Agents.Models.Scoring;

namespace Agents.Models.Tests.Scoring;

public sealed class ScoringTests
{
    private static readonly int[] Prompt = [10, 20, 30, 40, 50, 60, 70];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama", 1.0)]
    [InlineData("qwen2", 1.0)]
    [InlineData("qwen3", 0.7)]
    public async Task ScoreAsync_SampledTokens_HaveTheBitsRecordedWhileSampling(string architecture, double temperature)
    {
        using DecoderModel model = SeededModel.Create(architecture);
        GenerationRequest request = new()
        {
            Prompts = [PromptSamples.Create(Prompt, 4, 0, 9)],
            MaxTokens = 40,
            Sampling = new SamplingOptions { Temperature = temperature },
        };
        ILookup<int, GeneratedToken> samples = await CollectAsync(model, request);
        int[][] continuations = [.. samples.Select(sample => sample.Select(token => token.Id).ToArray())];

        IReadOnlyList<float[]> plain = await model.ScoreAsync(new ScoreRequest(Prompt, continuations), Stop);
        IReadOnlyList<float[]> tempered = await model.ScoreAsync(new ScoreRequest(Prompt, continuations) { Temperature = temperature }, Stop);

        for (int sample = 0; sample < continuations.Length; sample++)
        {
            Assert.Equal(samples[sample].Select(token => Bits(token.PlainLogProbability)), plain[sample].Select(Bits));
            Assert.Equal(samples[sample].Select(token => Bits(token.BehaviorLogProbability)), tempered[sample].Select(Bits));
        }
    }

    [Fact]
    public async Task ScoreAsync_SmallBatches_GiveTheSameBits()
    {
        using DecoderModel large = SeededModel.Create();
        using DecoderModel small = SeededModel.Create(maximumBatchRows: 3);
        ScoreRequest request = new(Prompt, [[1, 2, 3, 4, 5, 6, 7, 8], [9], [], [9, 9, 9, 9]]);

        IReadOnlyList<float[]> expected = await large.ScoreAsync(request, Stop);

        Assert.Equal(expected, await small.ScoreAsync(request, Stop));
        Assert.Equal([8, 1, 0, 4], expected.Select(scores => scores.Length));
        Assert.All(expected.SelectMany(scores => scores), score => Assert.True(score < 0));
    }

    [Fact]
    public async Task ScoreAsync_EmptyPrefix_ScoresTheFirstTokenZero()
    {
        using DecoderModel model = SeededModel.Create();

        float[] scores = (await model.ScoreAsync(new ScoreRequest([], [[5, 6, 7]]), Stop))[0];
        float[] rest = (await model.ScoreAsync(new ScoreRequest([5], [[6, 7]]), Stop))[0];

        Assert.Equal([0, .. rest], scores);
    }

    [Fact]
    public async Task ScoreAsync_TooLongOrUnknown_IsRefused()
    {
        using DecoderModel model = SeededModel.Create();

        await Assert.ThrowsAsync<ArgumentException>(async () => await model.ScoreAsync(new ScoreRequest(Prompt, [new int[SeededModel.Context]]), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await model.ScoreAsync(new ScoreRequest(Prompt, [[-1]]), Stop));
        await Assert.ThrowsAsync<ArgumentException>(async () => await model.ScoreAsync(new ScoreRequest(Prompt, [[1]]) { Temperature = 0 }, Stop));
    }

    [Fact]
    public async Task TextScorer_ShortText_SumsTheScores()
    {
        using DecoderModel model = SeededModel.Create();
        int[] ids = model.Tokenizer.Encode("the cat sat on the mat");
        float[] scores = (await model.ScoreAsync(new ScoreRequest(ids[..1], [ids[1..]]), Stop))[0];

        TextScore score = await TextScorer.ScoreAsync(model, "the cat sat on the mat", Stop);

        Assert.Equal(ids.Length - 1, score.Tokens);
        Assert.Equal(-scores.Sum(value => (double)value), score.NegativeLogLikelihood, 1e-9);
        Assert.Equal(Math.Exp(score.NegativeLogLikelihood / score.Tokens), score.Perplexity);
    }

    [Fact]
    public async Task TextScorer_LongText_PredictsEveryTokenButTheFirst()
    {
        using DecoderModel model = SeededModel.Create();
        int[] ids = [.. Enumerable.Range(0, 500).Select(i => i * 7 % 300)];

        TextScore score = await TextScorer.ScoreAsync(model, ids, Stop);

        Assert.Equal(499, score.Tokens);
        Assert.True(double.IsFinite(score.Perplexity) && score.Perplexity > 1);
    }

    [Fact]
    public async Task TextScorer_EmptyText_HasPerplexityOne()
    {
        using DecoderModel model = SeededModel.Create();

        Assert.Equal(new TextScore(0, 0), await TextScorer.ScoreAsync(model, string.Empty, Stop));
        Assert.Equal(1, default(TextScore).Perplexity);
    }

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static async Task<ILookup<int, GeneratedToken>> CollectAsync(DecoderModel model, GenerationRequest request)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            tokens.Add(token);
        }

        return tokens.ToLookup(token => token.Sample);
    }
}
