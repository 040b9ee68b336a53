using Agents.Models.Chat;

namespace Agents.Models.Tests.Chat;

public sealed class StopTextFilterTests
{
    [Theory]
    [InlineData("hello STOP there", "hello ", true)]
    [InlineData("hello STO", "hello STO", false)]
    [InlineData("SSTOP", "S", true)]
    [InlineData("STSTOPP", "ST", true)]
    [InlineData("no end", "no end", false)]
    [InlineData("a\n\nSTOP", "a", true)]
    public void Append_AnyPieces_CutsAtTheFirstStop(string text, string expected, bool stopped)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            StopTextFilter filter = new(["STOP", "\n\n"]);
            string shown = string.Empty;
            for (int at = 0; at < text.Length; at += size)
            {
                shown += filter.Append(text.Substring(at, Math.Min(size, text.Length - at)));
                Assert.StartsWith(shown, expected, StringComparison.Ordinal);
            }

            shown += filter.Finish();
            Assert.Equal((expected, stopped), (shown, filter.Stopped));
        }
    }

    [Fact]
    public void Append_WithoutStops_HoldsNothingBack()
    {
        StopTextFilter filter = new([]);

        Assert.Equal("abc", filter.Append("abc"));
        Assert.Equal(string.Empty, filter.Finish());
    }
}
