using Agents.Models.Adapters;
using Agents.Models.Decoder;

namespace Agents.Models.Tests.Adapters;

/// <summary>Adapters in the running engine: chosen per prompt, mixed in one batch, over an untouched base.</summary>
public sealed class AdapterServingTests
{
    private static readonly int[] Prompt = [5, 17, 99, 4, 201, 33];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public async Task Generate_WithAdapter_SaysWhatTheMergedWeightsSay(string architecture)
    {
        using DecoderModel adapted = SeededModel.Create(architecture, tied: false);
        LoraAdapter adapter = SeededAdapter.Create(adapted.Shape, 1, spread: 0.1f);
        DecoderWeights<float> merged = SeededModel.Weights(architecture, tied: false);
        Merge(merged, adapter, 1);
        using DecoderModel reference = new(merged, SeededModel.Tokenizer);
        adapted.Adapters.Add("a", adapter);

        GeneratedToken[] actual = await GenerateAsync(adapted, [new AdapterUse("a")]);
        GeneratedToken[] expected = await GenerateAsync(reference, []);

        Assert.Equal(expected.Select(token => token.Id), actual.Select(token => token.Id));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.PlainLogProbability, pair.Second.PlainLogProbability, 2e-3));
        Assert.NotEqual((await GenerateAsync(adapted, [])).Select(token => token.PlainLogProbability), actual.Select(token => token.PlainLogProbability));
    }

    [Fact]
    public async Task Generate_WeightedMixture_SaysWhatTheMergedWeightsSay()
    {
        using DecoderModel adapted = SeededModel.Create();
        LoraAdapter first = SeededAdapter.Create(adapted.Shape, 1, spread: 0.1f);
        LoraAdapter second = SeededAdapter.Create(adapted.Shape, 2, rank: 2, spread: 0.1f);
        DecoderWeights<float> merged = SeededModel.Weights();
        Merge(merged, first, 0.5f);
        Merge(merged, second, -0.25f);
        using DecoderModel reference = new(merged, SeededModel.Tokenizer);
        adapted.Adapters.Add("first", first);
        adapted.Adapters.Add("second", second);

        GeneratedToken[] actual = await GenerateAsync(adapted, [new AdapterUse("first", 0.5), new AdapterUse("second", -0.25)]);

        GeneratedToken[] expected = await GenerateAsync(reference, []);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.PlainLogProbability, pair.Second.PlainLogProbability, 2e-3));
    }

    [Fact]
    public async Task Generate_PromptsWithDifferentAdapters_SameBitsTogetherAndAlone()
    {
        using DecoderModel model = WithTwo();
        IReadOnlyList<AdapterUse>[] uses = [[], [new AdapterUse("a")], [new AdapterUse("b")], [new AdapterUse("a", 0.3), new AdapterUse("b", 2)], []];
        GenerationRequest together = Request([.. uses.Select((use, i) => Samples(use, i))]);
        Dictionary<int, List<(int, float)>> mixed = [];
        await foreach (GeneratedToken token in model.GenerateAsync(together, Stop))
        {
            if (!mixed.TryGetValue(token.Sample, out List<(int, float)>? tokens))
            {
                mixed[token.Sample] = tokens = [];
            }

            tokens.Add((token.Id, token.PlainLogProbability));
        }

        for (int i = 0; i < uses.Length; i++)
        {
            using DecoderModel alone = WithTwo();
            List<(int, float)> expected = [];
            await foreach (GeneratedToken token in alone.GenerateAsync(Request([Samples(uses[i], i)]), Stop))
            {
                expected.Add((token.Id, token.PlainLogProbability));
            }

            Assert.Equal(expected, mixed[i]);
        }
    }

    [Fact]
    public async Task Generate_AfterManyAdapters_BaseKeepsItsBits()
    {
        using DecoderModel model = SeededModel.Create();
        GeneratedToken[] before = await GenerateAsync(model, []);
        string hash = WeightHash.Compute(model.Weights);
        for (ulong seed = 0; seed < 30; seed++)
        {
            using AdapterScope scope = model.Adapters.AddScoped(SeededAdapter.Create(model.Shape, seed));
            await GenerateAsync(model, [new AdapterUse(scope.Id)]);
        }

        Assert.Equal(before, await GenerateAsync(model, []));
        Assert.Equal(hash, WeightHash.Compute(model.Weights));
        Assert.Empty(model.Adapters.Ids);
    }

    [Fact]
    public async Task Generate_FourScopesAtOnce_NoneSeesAnother()
    {
        using DecoderModel model = SeededModel.Create();
        GeneratedToken[][] alone = new GeneratedToken[4][];
        for (int i = 0; i < 4; i++)
        {
            using AdapterScope scope = model.Adapters.AddScoped(SeededAdapter.Create(model.Shape, (ulong)i));
            alone[i] = await GenerateAsync(model, [new AdapterUse(scope.Id)]);
        }

        GeneratedToken[][] together = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using AdapterScope scope = model.Adapters.AddScoped(SeededAdapter.Create(model.Shape, (ulong)i));
            return await GenerateAsync(model, [new AdapterUse(scope.Id)]);
        }));

        Assert.Equal(alone, together);
        Assert.Equal(4, alone.Select(tokens => tokens[^1].PlainLogProbability).Distinct().Count());
    }

    [Fact]
    public async Task Generate_SamePromptWithAndWithoutAdapter_CacheKeepsThemApart()
    {
        using DecoderModel model = WithTwo();
        using DecoderModel fresh = WithTwo();
        await GenerateAsync(model, []);
        Assert.Equal(await GenerateAsync(fresh, [new AdapterUse("a")]), await GenerateAsync(model, [new AdapterUse("a")]));
        Assert.Equal(await GenerateAsync(fresh, [new AdapterUse("b")]), await GenerateAsync(model, [new AdapterUse("b")]));
    }

    [Fact]
    public async Task Score_WithAdapters_HasTheBitsOfSampling()
    {
        using DecoderModel model = WithTwo();
        AdapterUse[] uses = [new AdapterUse("a", 0.3), new AdapterUse("b", 2)];
        GeneratedToken[] sampled = await GenerateAsync(model, uses);
        int[] continuation = [.. sampled.Select(token => token.Id)];
        ScoreRequest request = new(Samples([], 0).TokenIds, [continuation, [1, 2]]) { Adapters = uses };

        IReadOnlyList<float[]> scores = await model.ScoreAsync(request, Stop);

        Assert.Equal(sampled.Select(token => token.PlainLogProbability), scores[0]);
        Assert.NotEqual(scores[0], (await model.ScoreAsync(request with { Adapters = [] }, Stop))[0]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await model.ScoreAsync(request with { Adapters = [new AdapterUse("c")] }, Stop));
        AdapterMixture mixture = model.Adapters.Resolve(uses)!;
        LoraAdapter held = mixture.Parts[0].Adapter;
        mixture.Dispose();
        model.Adapters.Unload("a");
        Assert.True(held.IsFreed);
    }

    [Fact]
    public async Task Unload_WhileSamplesRun_LetsThemFinish()
    {
        using DecoderModel model = WithTwo();
        GeneratedToken[] expected = await GenerateAsync(model, [new AdapterUse("a")]);
        List<GeneratedToken> actual = [];
        await foreach (GeneratedToken token in model.GenerateAsync(Request([Samples([new AdapterUse("a")], 0)]), Stop))
        {
            model.Adapters.Unload("a");
            actual.Add(token);
        }

        Assert.Equal(expected, actual);
        Assert.Contains("No adapter 'a'", Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request([Samples([new AdapterUse("a")], 0)]), Stop)).Message, StringComparison.Ordinal);
    }

    private static DecoderModel WithTwo()
    {
        DecoderModel model = SeededModel.Create();
        model.Adapters.Add("a", SeededAdapter.Create(model.Shape, 1));
        model.Adapters.Add("b", SeededAdapter.Create(model.Shape, 2, rank: 5));
        return model;
    }

    private static PromptSamples Samples(IReadOnlyList<AdapterUse> uses, int index) =>
        PromptSamples.Create([.. Prompt, 7 + index], 3, (ulong)index, 1) with { Adapters = uses };

    private static GenerationRequest Request(PromptSamples[] prompts) => new() { Prompts = prompts, MaxTokens = 24, IgnoreEndTokens = true };

    private static async Task<GeneratedToken[]> GenerateAsync(DecoderModel model, IReadOnlyList<AdapterUse> uses)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in model.GenerateAsync(Request([Samples(uses, 0)]), Stop))
        {
            tokens.Add(token);
        }

        return [.. tokens];
    }

    private static unsafe void Merge(DecoderWeights<float> weights, LoraAdapter adapter, float share)
    {
        foreach (LoraMatrices factors in adapter.Matrices)
        {
            WeightTensor<float> weight = weights.ByName[factors.Name];
            for (int o = 0; o < factors.Outputs; o++)
            {
                for (int i = 0; i < factors.Inputs; i++)
                {
                    double sum = 0;
                    for (int r = 0; r < factors.Rank; r++)
                    {
                        sum += (double)factors.BValues[(o * factors.Rank) + r] * factors.AValues[(r * factors.Inputs) + i];
                    }

                    weight.Data[((long)o * factors.Inputs) + i] += (float)(share * factors.Scale * sum);
                }
            }
        }
    }
}
