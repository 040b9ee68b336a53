using Agents.Numerics.Memory;

namespace Agents.Numerics.Tests.Memory;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Take_SeveralSlices_AreAlignedAndDisjoint()
    {
        using Arena arena = new(1024);
        byte* first = arena.Take<byte>(1);
        float* second = arena.Take<float>(17);
        double* third = arena.Take<double>(8);

        Assert.Equal(0, (long)first % 64);
        Assert.Equal(64, (byte*)second - first);
        Assert.Equal(128, (byte*)third - (byte*)second);
        Assert.Equal(256, arena.Used);
    }

    [Fact]
    public void Take_Exhausted_SaysWhatIsMissing()
    {
        using Arena arena = new(128);
        arena.Take<float>(16);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => arena.Take<float>(17));

        Assert.Contains("128 bytes wanted, 64 of 128 left", error.Message, StringComparison.Ordinal);
        Assert.Contains("at least 192 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(64, arena.Used);
    }

    [Fact]
    public void Reset_GivesTheSameMemoryAgainAndKeepsTheHighWaterMark()
    {
        using Arena arena = new(256);
        float* before = arena.Take<float>(40);
        arena.Reset();
        float* after = arena.Take<float>(1);

        Assert.True(before == after);
        Assert.Equal(64, arena.Used);
        Assert.Equal(192, arena.HighWaterMark);
    }

    [Fact]
    public void Matrix_HasTheShapeAndIsDense()
    {
        using Arena arena = new(Arena.SizeOf<float>(3 * 5));
        MatrixView<float> matrix = arena.Matrix<float>(3, 5);

        Assert.Equal((3, 5, 5), (matrix.Rows, matrix.Columns, matrix.Stride));
        Assert.Equal(arena.Capacity, arena.Used);
    }

    [Fact]
    public void Take_ZeroAtTheEnd_IsAllowed()
    {
        using Arena arena = new(64);
        arena.Take<float>(16);
        arena.Take<float>(0);
        Assert.Equal(64, arena.Used);
    }

    [Fact]
    public void Take_NegativeOrHuge_Throws()
    {
        using Arena arena = new(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Take<float>(-1));
        Assert.Throws<OverflowException>(() => arena.Take<double>(long.MaxValue / 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Matrix<float>(-1, 2));
    }

    [Fact]
    public void Take_Disposed_Throws()
    {
        Arena arena = new(64);
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => arena.Take<float>(1));
    }

    [Fact]
    public void Take_Repeated_AllocatesNothing()
    {
        using Arena arena = new(4096);
        arena.Matrix<float>(4, 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            arena.Reset();
            arena.Matrix<float>(4, 4);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
