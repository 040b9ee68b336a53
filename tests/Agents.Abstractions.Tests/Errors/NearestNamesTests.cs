namespace Agents.Abstractions.Tests.Errors;

public sealed class NearestNamesTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("direct", "driect", 1)]
    public void Distance_KnownPairs_CountsEditsBothWays(string left, string right, int expected)
    {
        Assert.Equal(expected, NearestNames.Distance(left, right));
        Assert.Equal(expected, NearestNames.Distance(right, left));
    }

    [Fact]
    public void Find_SeveralNear_OrdersByEditsThenName() =>
        Assert.Equal(["vote", "note", "voted"], NearestNames.Find("Vote", ["voted", "note", "vote", "self-aggregation"]));

    [Fact]
    public void Find_NothingNear_IsEmpty() => Assert.Empty(NearestNames.Find("xyz", ["direct", "self-aggregation"]));

    [Fact]
    public void Describe_NothingKnown_SaysSo() => Assert.Equal("None is known.", NearestNames.Describe("x", []));

    [Fact]
    public void Describe_NearName_OffersItAndListsAll() =>
        Assert.Equal("Did you mean 'vote'? Known: direct, vote.", NearestNames.Describe("vot", ["vote", "direct"]));
}
