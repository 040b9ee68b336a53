using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Cache;

public sealed class KvSequenceTests
{
    private static int[] Ids => CachedRun.Ids;

    [Theory]
    [InlineData("llama", 1, 16)]
    [InlineData("qwen2", 7, 16)]
    [InlineData("qwen3", 16, 32)]
    [InlineData("llama", 37, 48)]
    public void Prefill_AnyChunkAndPageSize_EqualsTheWholeSequence(string architecture, int chunk, int page)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>(architecture, tied: true);
        using KvPagePool pool = CachedRun.Pool(weights.Shape, page);
        using KvSequence sequence = pool.CreateSequence();

        float[][] logits = CachedRun.Feed(weights, sequence, Ids, chunk);

        Assert.Equal(ForwardRun.Logits(weights, Ids), logits);
        Assert.Equal(Ids.Length, sequence.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(21)]
    [InlineData(37)]
    public void Fork_BothContinueDifferently_EachEqualsItsOwnSequence(int length)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: false);
        using KvPagePool pool = CachedRun.Pool(weights.Shape);
        using KvSequence source = pool.CreateSequence();
        CachedRun.Feed(weights, source, Ids, 37);

        using KvSequence fork = source.Fork(length);
        int[] forked = [.. Ids[..length], 2, 2, 7];
        int[] continued = [.. Ids, 9, 1];
        float[][] forkedLogits = CachedRun.Feed(weights, fork, forked[length..], 1);
        float[][] continuedLogits = CachedRun.Feed(weights, source, continued[37..], 2);
        float[][] forkedAgain = CachedRun.Feed(weights, fork, [4], 1);

        Assert.Equal(ForwardRun.Logits(weights, [.. forked, 4])[length..], [.. forkedLogits, .. forkedAgain]);
        Assert.Equal(ForwardRun.Logits(weights, continued)[37..], continuedLogits);
    }

    [Fact]
    public void Fork_InTheMiddleOfAPage_SharesPagesUntilTheFirstWrite()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence source = Filled(pool, 37);

        KvSequence fork = source.Fork(37);
        Assert.Equal(3, pool.PagesInUse);
        fork.Reserve(38);
        Assert.Equal(4, pool.PagesInUse);
        source.Reserve(38);
        Assert.Equal(4, pool.PagesInUse);
        fork.Dispose();
        Assert.Equal(3, pool.PagesInUse);
    }

    [Fact]
    public void Fork_AtTheEndOfAPage_NeverCopies()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence source = Filled(pool, 32);

        using KvSequence fork = source.Fork(32);
        fork.Reserve(33);

        Assert.Equal(3, pool.PagesInUse);
    }

    [Fact]
    public void Store_ForkedSinceReserved_IsRefused()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence source = Filled(pool, 20);
        source.Reserve(21);
        using KvSequence fork = source.Fork(20);
        using AlignedBuffer<float> rows = new(64);

        Assert.Throws<InvalidOperationException>(() => StoreOne(source, rows));
        source.Reserve(21);
        StoreOne(source, rows);
    }

    [Fact]
    public void Store_WithoutReserve_IsRefused()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence sequence = Filled(pool, 16);
        using AlignedBuffer<float> rows = new(64);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => StoreOne(sequence, rows));

        Assert.Contains("Reserve first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncate_ThenContinue_EqualsTheShorterSequence()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: true);
        using KvPagePool pool = CachedRun.Pool(weights.Shape);
        using KvSequence sequence = pool.CreateSequence();
        CachedRun.Feed(weights, sequence, Ids, 37);

        sequence.Truncate(5);
        float[][] logits = CachedRun.Feed(weights, sequence, [1, 2], 2);

        Assert.Equal(ForwardRun.Logits(weights, [.. Ids[..5], 1, 2])[5..], logits);
    }

    [Fact]
    public void Truncate_ReturnsPagesBehindTheEnd()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence sequence = Filled(pool, 60);

        sequence.Truncate(33);
        Assert.Equal(3, pool.PagesInUse);
        sequence.Truncate(32);
        Assert.Equal(2, pool.PagesInUse);
        sequence.Truncate(0);
        Assert.Equal(0, pool.PagesInUse);
        Assert.Equal(0, sequence.Capacity);
    }

    [Fact]
    public void Truncate_IntoASharedPage_LeavesTheOtherSequenceAsItWas()
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("llama", tied: true);
        using KvPagePool pool = CachedRun.Pool(weights.Shape);
        using KvSequence source = pool.CreateSequence();
        CachedRun.Feed(weights, source, Ids, 37);
        using KvSequence fork = source.Fork(37);

        source.Truncate(18);
        CachedRun.Feed(weights, source, [9, 9, 9, 9], 4);
        float[][] logits = CachedRun.Feed(weights, fork, [5], 1);

        Assert.Equal(ForwardRun.Logits(weights, [.. Ids, 5])[37..], logits);
    }

    [Fact]
    public void Reserve_BeyondContext_IsRefused()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence sequence = pool.CreateSequence();

        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Reserve(65));
    }

    [Fact]
    public void Reserve_PoolExhausted_LeavesTheSequenceAsItWas()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true), pages: 3);
        using KvSequence first = Filled(pool, 20);
        using KvSequence second = pool.CreateSequence();

        Assert.False(second.TryReserve(17));
        Assert.Equal(0, second.PageCount);
        Assert.Equal(2, pool.PagesInUse);
        KvCacheFullException error = Assert.Throws<KvCacheFullException>(() => second.Reserve(17));
        Assert.Contains("1 of 3 pages", error.Message, StringComparison.Ordinal);
        Assert.True(second.TryReserve(16));
    }

    [Fact]
    public void TryReserve_NoPageLeftForTheCopy_KeepsTheSharedPage()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true), pages: 2);
        using KvSequence source = Filled(pool, 20);
        KvSequence fork = source.Fork(20);

        Assert.False(fork.TryReserve(21));
        Assert.Equal(2, pool.PagesInUse);
        Assert.Equal(2, fork.PageCount);
        fork.Dispose();
        Assert.True(source.TryReserve(21));
    }

    [Fact]
    public void Advance_BeyondThePages_IsRefused()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence sequence = Filled(pool, 16);

        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.Advance(1));
    }

    [Fact]
    public void Dispose_Twice_ReturnsPagesOnce()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        KvSequence sequence = Filled(pool, 40);
        using KvSequence other = Filled(pool, 1);

        sequence.Dispose();
        sequence.Dispose();

        Assert.Equal(1, pool.PagesInUse);
        Assert.Throws<ObjectDisposedException>(() => sequence.Reserve(1));
    }

    [Fact]
    public void Reserve_LongSequence_GrowsItsTable()
    {
        ModelShape shape = SineModel.Shape("llama", true) with { ContextLength = 1000 };
        using KvPagePool pool = CachedRun.Pool(shape);
        using KvSequence sequence = pool.CreateSequence();
        for (int length = 1; length <= 1000; length += 37)
        {
            sequence.Reserve(length);
            sequence.Advance(length - sequence.Length);
        }

        using KvSequence fork = sequence.Fork(sequence.Length);
        Assert.Equal(pool.PagesFor(1000), fork.PageCount);
        Assert.Equal(sequence.PageCount, pool.PagesInUse);
    }

    [Fact]
    public void Reserve_WarmPool_AllocatesNothing()
    {
        using KvPagePool pool = CachedRun.Pool(SineModel.Shape("llama", true));
        using KvSequence sequence = Filled(pool, 64);
        using KvSequence fork = sequence.Fork(40);
        fork.Reserve(64);
        fork.Truncate(0);
        sequence.Truncate(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            sequence.Reserve(64);
            sequence.Advance(50);
            sequence.Truncate(0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(ElementType.F16, 0.01)]
    [InlineData(ElementType.Q8_0, 0.1)]
    public void RoundedTypes_LogitsStayNearThoseOfF32_AndDoNotDependOnTheChunk(ElementType type, double tolerance)
    {
        using DecoderWeights<float> weights = SineModel.Create<float>("qwen3", tied: true);
        using KvPagePool pool = CachedRun.Pool(weights.Shape, type: type);
        using KvSequence whole = pool.CreateSequence();
        using KvSequence steps = pool.CreateSequence();

        float[][] logits = CachedRun.Feed(weights, whole, Ids, 37);
        float[][] exact = ForwardRun.Logits(weights, Ids);

        Assert.Equal(CachedRun.Feed(weights, steps, Ids, 3), logits);
        Assert.NotEqual(exact, logits);
        for (int row = 0; row < exact.Length; row++)
        {
            Assert.All(exact[row].Zip(logits[row]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    private static KvSequence Filled(KvPagePool pool, int length)
    {
        KvSequence sequence = pool.CreateSequence();
        sequence.Reserve(length);
        sequence.Advance(length);
        return sequence;
    }

    private static unsafe void StoreOne(KvSequence sequence, AlignedBuffer<float> rows) =>
        sequence.Store(new ReferenceKernels<float>(), 1, new MatrixView<float>(rows.Data, 1, 8), new MatrixView<float>(rows.Data + 8, 1, 8));
}
