using Agents.Models.Cache;
using Agents.Models.Tests.Decoder;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Cache;

public sealed class KvPagePoolTests
{
    private static readonly ModelShape Shape = SineModel.Shape("llama", true);

    [Theory]
    [InlineData(ElementType.F32, 2 * 2 * 2 * 16 * 4 * 4)]
    [InlineData(ElementType.F16, 2 * 2 * 2 * 16 * 4 * 2)]
    [InlineData(ElementType.Q8_0, 2 * 2 * 2 * ((16 * 4) + 64))]
    public void PageBytes_HoldKeysAndValuesOfAllLayers_InStretchesOf64Bytes(ElementType type, long bytes)
    {
        using KvPagePool pool = CachedRun.Pool(Shape, type: type);

        Assert.Equal(bytes, pool.PageBytes);
        Assert.Equal(type, pool.Type);
    }

    [Fact]
    public void Sequences_ComeAndGo_PagesAreUsedAgain()
    {
        using KvPagePool pool = CachedRun.Pool(Shape, pages: 10);
        Assert.Equal(0, pool.Bytes);
        for (int round = 0; round < 20; round++)
        {
            using KvSequence first = pool.CreateSequence();
            using KvSequence second = pool.CreateSequence();
            first.Reserve(64);
            second.Reserve(33);
            Assert.Equal(7, pool.PagesInUse);
            Assert.Equal(3, pool.FreePages);
        }

        Assert.Equal(0, pool.PagesInUse);
        Assert.Equal(7 * pool.PageBytes, pool.Bytes);
        pool.Trim();
        Assert.Equal(0, pool.Bytes);
    }

    [Fact]
    public void RandomForksAndEnds_NeverLeakAPage()
    {
        using KvPagePool pool = CachedRun.Pool(Shape, pages: 1000);
        List<KvSequence> sequences = [pool.CreateSequence()];
        uint state = 1;
        for (int step = 0; step < 3000; step++)
        {
            state = (state * 1664525) + 1013904223;
            int pick = (int)(state >> 8) % sequences.Count;
            KvSequence sequence = sequences[pick];
            switch (state >> 29)
            {
                case 0 or 1 when sequences.Count < 50:
                    sequences.Add(sequence.Fork(sequence.Length * (int)(state & 3) / 3));
                    break;
                case 2 when sequences.Count > 1:
                    sequence.Dispose();
                    sequences.RemoveAt(pick);
                    break;
                case 3:
                    sequence.Truncate(sequence.Length / 2);
                    break;
                default:
                    int length = Math.Min(64, sequence.Length + (int)(state & 15));
                    sequence.Reserve(length);
                    sequence.Advance(length - sequence.Length);
                    break;
            }
        }

        Assert.InRange(pool.PagesInUse, 1, sequences.Sum(sequence => sequence.PageCount));
        sequences.ForEach(sequence => sequence.Dispose());
        Assert.Equal(0, pool.PagesInUse);
    }

    [Fact]
    public void Sequences_OnManyThreads_NeverLeakAPage()
    {
        using KvPagePool pool = CachedRun.Pool(Shape, pages: 1000);
        using KvSequence prefix = pool.CreateSequence();
        prefix.Reserve(40);
        prefix.Advance(40);
        KvSequence[] forks = [.. Enumerable.Range(0, 4).Select(_ => prefix.Fork(40))];
        Thread[] threads = [.. forks.Select(fork => new Thread(() =>
        {
            for (int round = 0; round < 200; round++)
            {
                fork.Reserve(60);
                using KvSequence child = fork.Fork(fork.Length);
                child.Reserve(64);
                fork.Truncate(40);
            }

            fork.Dispose();
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(3, pool.PagesInUse);
    }

    [Fact]
    public void Dispose_WithLiveSequences_FreesTheirPagesWhenTheyEnd()
    {
        KvPagePool pool = CachedRun.Pool(Shape);
        KvSequence sequence = pool.CreateSequence();
        sequence.Reserve(20);

        pool.Dispose();
        Assert.Equal(2 * pool.PageBytes, pool.Bytes);
        sequence.Dispose();
        Assert.Equal(0, pool.Bytes);
        Assert.Throws<ObjectDisposedException>(pool.CreateSequence);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(17, 2)]
    [InlineData(int.MaxValue, 134217728)]
    public void PagesFor_RoundsUp(int positions, int pages)
    {
        using KvPagePool pool = CachedRun.Pool(Shape);

        Assert.Equal(pages, pool.PagesFor(positions));
    }

    [Fact]
    public void Create_BothLimits_TheSmallerOneHolds()
    {
        using KvPagePool bytes = new(Shape, new KvCacheOptions { PagePositions = 16, MaximumBytes = 5 * 2048 + 2047, MaximumPositions = 1000 });
        using KvPagePool positions = new(Shape, new KvCacheOptions { PagePositions = 16, MaximumBytes = 1 << 20, MaximumPositions = 47 });

        Assert.Equal(5, bytes.MaximumPages);
        Assert.Equal(2, positions.MaximumPages);
    }

    [Fact]
    public void Create_Defaults_AreF32PagesOf64WithinHalfOfTheMemory()
    {
        using KvPagePool pool = new(Shape);

        Assert.Equal(ElementType.F32, pool.Type);
        Assert.Equal(64, pool.PagePositions);
        Assert.InRange(pool.MaximumPages * pool.PageBytes, 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
    }

    [Fact]
    public void Create_LimitBelowOnePage_IsRefusedWithTheSize()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new KvPagePool(Shape, new KvCacheOptions { MaximumBytes = 8191 }));

        Assert.Contains("takes 8192 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_EverythingWrong_ReportsAllAtOnce()
    {
        KvCacheOptions options = new() { Type = ElementType.Q4_K, PagePositions = 40, MaximumBytes = 0, MaximumPositions = -1 };

        ArgumentException error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.All(["Q4_K", "PagePositions is 40", "MaximumBytes is 0", "MaximumPositions is -1"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
