using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Models.Tests.Generation;

public sealed class DecoderModelGenerationTests
{
    private static readonly int[] First = [10, 20, 30, 40, 50];

    private static readonly int[] Second = [99, 5, 299, 17, 1, 2, 3, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("llama", true)]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", true)]
    public async Task GenerateAsync_Greedy_EqualsRecomputingTheWholeSequence(string architecture, bool tied)
    {
        using DecoderModel model = SeededModel.Create(architecture, tied);
        GenerationRequest request = Request(First, 1) with { Sampling = SamplingOptions.Greedy, MaxTokens = 12, IgnoreEndTokens = true };

        List<GeneratedToken> tokens = await CollectAsync(model, request);

        List<int> ids = [.. First];
        using DecoderWeights<float> weights = SeededModel.Weights(architecture, tied);
        foreach (GeneratedToken token in tokens)
        {
            float[] last = ForwardRun.Logits(weights, [.. ids])[^1];
            int best = Array.IndexOf(last, last.Max());
            Assert.Equal(best, token.Id);
            ids.Add(best);
        }

        Assert.Equal(12, tokens.Count);
        Assert.Equal(GenerationFinish.Length, tokens[^1].Finish);
    }

    [Fact]
    public async Task GenerateAsync_SampleAmongOthers_GetsTheSameTokensAsAlone()
    {
        using DecoderModel model = SeededModel.Create();
        PromptSamples one = PromptSamples.Create(First, 7, 0, 3);
        PromptSamples two = PromptSamples.Create(Second, 7, 1, 5);
        GenerationRequest both = Request(one, two) with { MaxTokens = 30 };

        ILookup<int, GeneratedToken> together = (await CollectAsync(model, both)).ToLookup(token => token.Sample);

        for (int sample = 0; sample < 8; sample++)
        {
            PromptSamples source = sample < 3 ? one : two;
            PromptSamples alone = source with { Streams = [source.Streams[sample < 3 ? sample : sample - 3]] };
            List<GeneratedToken> single = await CollectAsync(model, both with { Prompts = [alone] });
            Assert.Equal(single.Select(Numbers), together[sample].Select(Numbers));
        }
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(3, 256)]
    [InlineData(2, 4)]
    public async Task GenerateAsync_AnyThreadCountAndChunk_GivesTheSameTokens(int threads, int rows)
    {
        GenerationRequest request = Request(PromptSamples.Create(First, 3, 0, 6), PromptSamples.Create(Second, 3, 1, 2)) with { MaxTokens = 20 };
        using DecoderModel reference = SeededModel.Create();
        using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
        using SimdKernels kernels = new(pool);
        using DecoderModel model = SeededModel.Create(kernels: kernels, maximumBatchRows: rows);

        List<GeneratedToken> expected = await CollectAsync(reference, request);
        List<GeneratedToken> actual = await CollectAsync(model, request);

        for (int sample = 0; sample < 8; sample++)
        {
            Assert.Equal(expected.Where(t => t.Sample == sample).Select(Numbers), actual.Where(t => t.Sample == sample).Select(Numbers));
        }
    }

    [Fact]
    public async Task GenerateAsync_SamplesOfOnePrompt_Differ()
    {
        using DecoderModel model = SeededModel.Create();

        List<GeneratedToken> tokens = await CollectAsync(model, Request(PromptSamples.Create(First, 1, 0, 4)) with { MaxTokens = 10 });

        Assert.Equal(4, tokens.GroupBy(token => token.Sample).Select(sample => string.Join(' ', sample.Select(token => token.Id))).Distinct().Count());
    }

    [Fact]
    public async Task GenerateAsync_EndToken_EndsThatSampleOnly()
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = Request(PromptSamples.Create(First, 5, 0, 2)) with { MaxTokens = 10 };
        List<GeneratedToken> free = await CollectAsync(model, request);
        int stop = free.Where(token => token.Sample == 0).ElementAt(3).Id;

        List<GeneratedToken> stopped = await CollectAsync(model, request with { StopTokenIds = [stop] });

        List<GeneratedToken> first = [.. stopped.Where(token => token.Sample == 0)];
        Assert.True(first.Count <= 4);
        Assert.Equal((stop, GenerationFinish.StopSequence), (first[^1].Id, first[^1].Finish));
        Assert.Equal(free.Where(t => t.Sample == 0).Take(first.Count).Select(t => t.Id), first.Select(t => t.Id));
    }

    [Fact]
    public async Task GenerateAsync_EndIdOfTheTokenizer_IsReportedAsEndToken()
    {
        int end = SeededModel.Tokenizer.EosId!.Value;
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = Request(PromptSamples.Create(First, 11, 0, 64)) with { MaxTokens = 80 };

        List<GeneratedToken> tokens = await CollectAsync(model, request);

        Assert.Contains(end, model.Tokenizer.EndIds);
        List<GeneratedToken> ended = [.. tokens.Where(token => model.Tokenizer.EndIds.Contains(token.Id))];
        Assert.NotEmpty(ended);
        Assert.All(ended, token => Assert.Equal(GenerationFinish.EndToken, token.Finish));
    }

    [Fact]
    public async Task GenerateAsync_StopText_AcrossTokensEndsTheSample()
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest request = Request(First, 1) with { MaxTokens = 40, IgnoreEndTokens = true };
        int[] free = [.. (await CollectAsync(model, request)).Select(token => token.Id)];

        // The last byte of one token and the first of the next one, both plain ASCII.
        int at = Enumerable.Range(0, free.Length - 1).First(i => IsAscii(model, free[i]) && IsAscii(model, free[i + 1]));
        string text = $"{(char)model.Tokenizer.TokenBytes(free[at])[^1]}{(char)model.Tokenizer.TokenBytes(free[at + 1])[0]}";
        List<GeneratedToken> stopped = await CollectAsync(model, request with { StopSequences = ["never in there", text] });

        Assert.Equal(GenerationFinish.StopSequence, stopped[^1].Finish);
        Assert.Contains(text, model.Tokenizer.Decode([.. stopped.Select(token => token.Id)]), StringComparison.Ordinal);
        Assert.True(stopped.Count <= at + 2);
        Assert.DoesNotContain(text, model.Tokenizer.Decode([.. stopped.SkipLast(1).Select(token => token.Id)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_FullContext_SaysSo()
    {
        using DecoderModel model = SeededModel.Create();

        List<GeneratedToken> tokens = await CollectAsync(model, Request(First, 1) with { MaxTokens = 1000, IgnoreEndTokens = true });

        Assert.Equal(SeededModel.Context - First.Length, tokens.Count);
        Assert.Equal(GenerationFinish.ContextFull, tokens[^1].Finish);
    }

    [Fact]
    public async Task GenerateAsync_TopLogProbabilities_ListsTheMostLikelyFirst()
    {
        using DecoderModel model = SeededModel.Create();

        List<GeneratedToken> tokens = await CollectAsync(
            model, Request(First, 1) with { MaxTokens = 5, TopLogProbabilities = 4, Sampling = SamplingOptions.Greedy, IgnoreEndTokens = true });

        Assert.All(tokens, token =>
        {
            Assert.Equal(4, token.Alternatives.Count);
            Assert.Equal(token.Id, token.Alternatives[0].Id);
            Assert.Equal(token.PlainLogProbability, token.Alternatives[0].LogProbability, 1e-5f);
            Assert.Equal(token.Alternatives.OrderByDescending(alternative => alternative.LogProbability), token.Alternatives);
        });
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_ThrowsAndLeavesTheModelUsable()
    {
        using DecoderModel model = SeededModel.Create();
        using CancellationTokenSource source = new();
        int seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken token in model.GenerateAsync(Request(PromptSamples.Create(First, 1, 0, 64)) with { MaxTokens = 90, IgnoreEndTokens = true }, source.Token))
            {
                if (++seen == 70)
                {
                    await source.CancelAsync();
                }
            }
        });

        Assert.True(seen >= 70);
        Assert.Equal(3, (await CollectAsync(model, Request(First, 1) with { MaxTokens = 3, IgnoreEndTokens = true })).Count);
    }

    [Fact]
    public async Task GenerateAsync_ReaderStopsEarly_LeavesTheModelUsable()
    {
        using DecoderModel model = SeededModel.Create();
        await foreach (GeneratedToken token in model.GenerateAsync(Request(First, 1) with { MaxTokens = 80 }, Stop))
        {
            break;
        }

        Assert.Equal(2, (await CollectAsync(model, Request(First, 1) with { MaxTokens = 2, IgnoreEndTokens = true })).Count);
    }

    [Fact]
    public async Task GenerateAsync_ConcurrentRequests_AllGetTheirOwnTokens()
    {
        using DecoderModel model = SeededModel.Create();
        GenerationRequest one = Request(First, 1) with { MaxTokens = 8 };
        GenerationRequest two = Request(Second, 2) with { MaxTokens = 8 };
        List<GeneratedToken> expectedOne = await CollectAsync(model, one);
        List<GeneratedToken> expectedTwo = await CollectAsync(model, two);

        List<GeneratedToken>[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => CollectAsync(model, i % 2 == 0 ? one : two)));

        for (int i = 0; i < results.Length; i++)
        {
            Assert.Equal((i % 2 == 0 ? expectedOne : expectedTwo).Select(Numbers), results[i].Select(Numbers));
        }
    }

    [Fact]
    public void GenerateAsync_BadRequest_IsRefusedAtOnce()
    {
        using DecoderModel model = SeededModel.Create();

        Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request([], 1), Stop));
        Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request([320], 1), Stop));
        Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request(new int[SeededModel.Context], 1), Stop));
        Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request(First, 1) with { StopSequences = [""] }, Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GenerateAsync(Request(First, 1) with { MaxTokens = 0 }, Stop));
        Assert.Throws<ArgumentException>(() => model.GenerateAsync(Request(First, 1) with { Sampling = new SamplingOptions { TopP = 2 } }, Stop));
    }

    [Fact]
    public async Task Dispose_WhileGenerating_EndsTheRequest()
    {
        DecoderModel model = SeededModel.Create();
        IAsyncEnumerator<GeneratedToken> tokens = model.GenerateAsync(Request(PromptSamples.Create(First, 1, 0, 64)) with { MaxTokens = 90, IgnoreEndTokens = true }, Stop).GetAsyncEnumerator(Stop);
        await tokens.MoveNextAsync();

        model.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await tokens.MoveNextAsync())
            {
            }
        });
        Assert.Throws<ObjectDisposedException>(() => model.GenerateAsync(Request(First, 1), Stop));
    }

    private static bool IsAscii(DecoderModel model, int id) =>
        !model.Tokenizer.IsSpecial(id) && model.Tokenizer.TokenBytes(id) is { Length: > 0 } bytes && bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0;

    private static (int Id, int Behavior, int Plain, int Mass, GenerationFinish Finish) Numbers(GeneratedToken token) => (
        token.Id,
        BitConverter.SingleToInt32Bits(token.BehaviorLogProbability),
        BitConverter.SingleToInt32Bits(token.PlainLogProbability),
        BitConverter.SingleToInt32Bits(token.KeptMass),
        token.Finish);

    private static GenerationRequest Request(int[] prompt, ulong seed) => Request(PromptSamples.Create(prompt, seed, 0, 1));

    private static GenerationRequest Request(params PromptSamples[] prompts) => new() { Prompts = prompts };

    private static async Task<List<GeneratedToken>> CollectAsync(DecoderModel model, GenerationRequest request)
    {
        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in model.GenerateAsync(request, Stop))
        {
            tokens.Add(token);
        }

        return tokens;
    }
}
