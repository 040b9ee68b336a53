using Agents.Cli.Output;

namespace Agents.Cli.Tests.Output;

/// <summary>Sizes for people.</summary>
public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1L << 30, "1.0 GiB")]
    [InlineData(long.MaxValue, "8388608.0 TiB")]
    public void Text_PicksTheUnit(long bytes, string expected) => Assert.Equal(expected, ByteSize.Text(bytes));
}
