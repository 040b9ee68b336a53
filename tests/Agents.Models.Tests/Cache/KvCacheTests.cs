using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Cache;

public sealed unsafe class KvCacheTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 37).Select(i => (i * 5 + 3) % 11)];

    [Theory]
    [InlineData("llama", 1)]
    [InlineData("qwen2", 7)]
    [InlineData("qwen3", 16)]
    [InlineData("llama", 37)]
    public void Prefill_AnyChunkSize_EqualsTheWholeSequence(string architecture, int chunk)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>(architecture, tied: true);
        using KvCache<float> cache = new(weights.Shape, 0);

        float[][] logits = Feed(weights, cache, Ids, chunk);

        Assert.Equal(ForwardRun.Logits(weights, Ids), logits);
        Assert.Equal(Ids.Length, cache.Length);
    }

    [Fact]
    public void CopyPrefixFrom_ThenContinue_EqualsTheWholeSequence()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: false);
        using KvCache<float> source = new(weights.Shape, 40);
        using KvCache<float> copy = new(weights.Shape, 0);
        Feed(weights, source, Ids, 37);

        copy.CopyPrefixFrom(source, 21);
        int[] other = [.. Ids[..21], 2, 2, 7];
        float[][] logits = Feed(weights, copy, other[21..], 1);

        Assert.Equal(ForwardRun.Logits(weights, other)[21..], logits);
    }

    [Fact]
    public void Truncate_ThenContinue_EqualsTheShorterSequence()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: true);
        using KvCache<float> cache = new(weights.Shape, 37);
        Feed(weights, cache, Ids, 37);

        cache.Truncate(5);
        float[][] logits = Feed(weights, cache, [1, 2], 2);

        Assert.Equal(ForwardRun.Logits(weights, [.. Ids[..5], 1, 2])[5..], logits);
    }

    [Fact]
    public void Reserve_Grows_AtLeastDoublingInMultiplesOf16()
    {
        using KvCache<float> cache = new(SineModel.Shape("llama", true), 10);

        Assert.Equal(16, cache.Capacity);
        cache.Reserve(17);
        Assert.Equal(32, cache.Capacity);
        cache.Reserve(20);
        Assert.Equal(32, cache.Capacity);
        cache.Reserve(64);
        Assert.Equal(64, cache.Capacity);
        Assert.Equal(64L * (8 + 8) * 2 * sizeof(float), cache.Bytes);
    }

    [Fact]
    public void Reserve_BeyondContext_IsRefused()
    {
        using KvCache<float> cache = new(SineModel.Shape("llama", true), 0);

        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Reserve(65));
    }

    [Fact]
    public void CopyPrefixFrom_OtherShape_IsRefused()
    {
        using KvCache<float> cache = new(SineModel.Shape("llama", true), 0);
        using KvCache<float> other = new(ModelShape.Uniform("llama", 11, 16, 2, new LayerShape(4, 4, 4, 24), 64), 0);

        Assert.Throws<ArgumentException>(() => cache.CopyPrefixFrom(other, 0));
    }

    private static float[][] Feed(DecoderWeights<float> weights, KvCache<float> cache, int[] ids, int chunk)
    {
        using RopeTables<float> rope = new(weights.Shape);
        using CachedAttentionPlan<float> plan = new(1);
        using DecoderForward<float> forward = new(weights, new ReferenceKernels<float>(), rope, chunk, chunk);
        List<float[]> result = [];
        for (int at = 0; at < ids.Length; at += chunk)
        {
            int count = Math.Min(chunk, ids.Length - at);
            int[] rows = [.. Enumerable.Range(0, count)];
            int start = cache.Length;
            plan.Clear();
            plan.Add(cache, count);
            MatrixView<float> logits = forward.Run(ids.AsSpan(at, count), [.. rows.Select(row => start + row)], plan, rows);
            plan.Commit();
            result.AddRange(rows.Select(row => new ReadOnlySpan<float>(logits.Row(row), logits.Columns).ToArray()));
        }

        return [.. result];
    }
}
