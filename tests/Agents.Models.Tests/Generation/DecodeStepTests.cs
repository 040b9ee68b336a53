using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Generation;
using Agents.Models.Tokenization;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Models.Tests.Generation;

public sealed class DecodeStepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void DecodeStep_SteadyState_AllocatesNothing(int samples)
    {
        using DecoderWeights<float> weights = SeededModel.Weights();
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        using SimdKernels kernels = new(pool);
        weights.Pack(kernels);
        using RopeTables<float> rope = new(weights.Shape);
        using KvPagePool pages = new(weights.Shape);
        using RowBatch batch = new(weights, kernels, rope, 16, pages);
        GenerationRequest request = new()
        {
            Prompts = [PromptSamples.Create([1, 2, 3, 4, 5, 6, 7], 1, 0, samples)],
            MaxTokens = 80,
            IgnoreEndTokens = true,
            StopSequences = ["unlikely stop"],
            Sampling = new SamplingOptions { TopK = 50, TopP = 0.95, Temperature = 0.9, RepetitionPenalty = 1.1 },
        };
        using GenerationRun run = new(request, new BytePairTokenizer(VocabularyPadding.PadTo(SeededModel.Tokenizer, weights.Shape.VocabularySize)), batch);
        run.Admit(TestContext.Current.CancellationToken);
        for (int i = 0; i < 5; i++)
        {
            run.DecodeStep();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30; i++)
        {
            run.DecodeStep();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(samples, run.LiveCount);
    }

    [Theory]
    [InlineData("aab", "aaab", true)]
    [InlineData("abab", "abaabab", true)]
    [InlineData("abc", "ababab", false)]
    [InlineData("é", "cafÃ©", false)]
    public void StopPatterns_ByteByByte_FindWhatIndexOfFinds(string pattern, string text, bool found)
    {
        StopPatterns patterns = new([pattern]);
        var state = new int[1];
        bool hit = false;
        foreach (byte next in System.Text.Encoding.UTF8.GetBytes(text))
        {
            hit |= patterns.Advance(state, [next]);
        }

        Assert.Equal(found, hit);
        Assert.Equal(found, text.Contains(pattern, StringComparison.Ordinal));
    }

    [Fact]
    public void LikelyTokens_Find_OrdersByLogitThenId()
    {
        TokenAlternative[] best = LikelyTokens.Find([1, 3, 2, 3, -1], 0, 3);

        Assert.Equal([1, 3, 2], best.Select(alternative => alternative.Id));
    }
}
