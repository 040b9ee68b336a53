using Agents.Models.Gguf;
using Agents.Numerics.Formats;

namespace Agents.Models.Tests.Gguf;

public class LlamaRowPermutationTests
{
    [Fact]
    public void ToFile_OneHeadOfEight_GivesTheOrderOfThePaper()
    {
        int[] file = new int[8];

        LlamaRowPermutation.ToFile<int>([0, 1, 2, 3, 4, 5, 6, 7], file, headSize: 8, rowLength: 1);

        Assert.Equal([0, 4, 1, 5, 2, 6, 3, 7], file);
    }

    [Fact]
    public void ToFile_TwoHeadsOfFour_PermutesWithinEachHead()
    {
        int[] file = new int[8];

        LlamaRowPermutation.ToFile<int>([0, 1, 2, 3, 4, 5, 6, 7], file, headSize: 4, rowLength: 1);

        Assert.Equal([0, 2, 1, 3, 4, 6, 5, 7], file);
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(4, 3, 5)]
    [InlineData(64, 4, 34)]
    [InlineData(6, 5, 7)]
    public void ToCheckpoint_AfterToFile_GivesTheRowsBack(int headSize, int heads, int rowLength)
    {
        byte[] original = [.. Enumerable.Range(0, headSize * heads * rowLength).Select(index => (byte)(index * 31))];
        byte[] file = new byte[original.Length];
        byte[] back = new byte[original.Length];

        LlamaRowPermutation.ToFile<byte>(original, file, headSize, rowLength);
        LlamaRowPermutation.ToCheckpoint<byte>(file, back, headSize, rowLength);

        Assert.Equal(original, back);
    }

    [Fact]
    public void ToFile_QuantizedRows_EqualsQuantizingPermutedRows()
    {
        BlockFormat format = BlockFormats.Get(ElementType.Q8_0);
        float[] values = [.. Enumerable.Range(0, 8 * 32).Select(index => MathF.Sin(index))];
        float[] permuted = new float[values.Length];
        byte[] stored = new byte[8 * 34];
        byte[] moved = new byte[8 * 34];
        byte[] expected = new byte[8 * 34];
        LlamaRowPermutation.ToFile<float>(values, permuted, 8, 32);
        format.Quantize(permuted, expected);
        format.Quantize(values, stored);

        LlamaRowPermutation.ToFile<byte>(stored, moved, 8, 34);

        Assert.Equal(expected, moved);
    }

    [Fact]
    public void Permutation_WrongSizes_AreRefused()
    {
        float[] eight = new float[8];
        Assert.Throws<ArgumentException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[8], headSize: 3, rowLength: 1));
        Assert.Throws<ArgumentException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[9], headSize: 4, rowLength: 1));
        Assert.Throws<ArgumentException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[8], headSize: 4, rowLength: 3));
        Assert.Throws<ArgumentException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[8], headSize: 6, rowLength: 1));
        Assert.Throws<ArgumentException>(() => LlamaRowPermutation.ToCheckpoint<float>(eight, eight, headSize: 4, rowLength: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[8], headSize: 0, rowLength: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LlamaRowPermutation.ToFile<float>(eight, new float[8], headSize: 4, rowLength: 0));
    }
}
