using Agents.Models.Tokenization;

namespace Agents.Models.Tests.Tokenization;

public sealed class PieceCacheTests
{
    [Fact]
    public void TryGet_AddedPiece_ReturnsItsIds()
    {
        PieceCache sut = new(4);

        sut.Add("low", [1, 2]);

        Assert.True(sut.TryGet("low", out int[] ids));
        Assert.Equal([1, 2], ids);
        Assert.False(sut.TryGet("lo", out _));
    }

    [Fact]
    public void Add_MoreThanTheCapacity_KeepsTheFirst()
    {
        PieceCache sut = new(3);
        for (int i = 0; i < 10; i++)
        {
            sut.Add($"{i}", [i]);
        }

        Assert.Equal(3, sut.Count);
        Assert.True(sut.TryGet("2", out _));
        Assert.False(sut.TryGet("3", out _));
    }

    [Fact]
    public void Add_SamePieceTwice_CountsOnce()
    {
        PieceCache sut = new(3);

        sut.Add("a", [1]);
        sut.Add("a", [1]);

        Assert.Equal(1, sut.Count);
    }

    [Fact]
    public void Add_LongPiece_IsNotKept()
    {
        PieceCache sut = new(3);
        string piece = new('x', 33);

        sut.Add(piece, [1]);

        Assert.Equal(0, sut.Count);
        Assert.False(sut.TryGet(piece, out _));
    }

    [Fact]
    public void Add_FromManyThreads_NeverExceedsTheCapacity()
    {
        PieceCache sut = new(100);

        Parallel.For(0, 10_000, i => sut.Add($"{i % 500}", [i % 500]));

        Assert.Equal(100, sut.Count);
        Assert.Equal(100, Enumerable.Range(0, 500).Count(i => sut.TryGet($"{i}", out _)));
    }
}
