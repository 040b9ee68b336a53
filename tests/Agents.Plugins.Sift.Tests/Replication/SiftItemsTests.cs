using Agents.Plugins.Sift.Replication;
using Agents.Plugins.Sift.Stickers;
using Agents.Replication;
using Agents.Testing;

namespace Agents.Plugins.Sift.Tests.Replication;

public sealed class SiftItemsTests
{
    private static readonly int[] Levels = [2, 3, 4];

    [Theory]
    [InlineData("gus has 17 shells. ida half of gus. ida?", true)]
    [InlineData("gus has 17 shells. ida 3 more than gus. ida is 12. ida?", true)]
    [InlineData("ned has 24 cakes. gives half to gus. how many?", true)]
    [InlineData("gus has 17 shells. ida 3 more than gus. ida?", false)]
    [InlineData("start 42, half, take 18. result?", false)]
    [InlineData("", false)]
    public void CanBeMisread_Questions_NeedADistractorOrAHalf(string question, bool expected) => Assert.Equal(expected, SiftItems.CanBeMisread(question));

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(1)]
    public void Draw_AnyCount_GivesThatManyInEqualSharesOfTheLevels(int count)
    {
        IReadOnlyList<ExperimentItem> items = SiftItems.Draw(new ScriptedLaboratory(), ExperimentSplit.Test, count, seed: 5, Levels);

        Assert.Equal(count, items.Count);
        Assert.Equal(count, items.Select(item => item.Question).Distinct().Count());
        Assert.All(Levels, level => Assert.InRange(items.Count(item => item.Difficulty == level), count / Levels.Length, (count / Levels.Length) + 1));
    }

    [Fact]
    public void Draw_SameSeed_GivesTheSameItems()
    {
        ScriptedLaboratory laboratory = new();

        Assert.Equal(SiftItems.Draw(laboratory, ExperimentSplit.Test, 30, 5, Levels).Select(item => item.Id), SiftItems.Draw(laboratory, ExperimentSplit.Test, 30, 5, Levels).Select(item => item.Id));
        Assert.Empty(SiftItems.Draw(laboratory, ExperimentSplit.Test, 30, 5, Levels).Select(item => item.Question).Intersect(SiftItems.Draw(laboratory, ExperimentSplit.Validation, 30, 5, Levels).Select(item => item.Question)));
    }

    [Theory]
    [InlineData("17\n+10\n*2\nask shells", 1, 1)]
    [InlineData("17\n+10\nask shells", 1, .75)]
    [InlineData("17\n+10\n*2\n27\nask shells", .8, 1)]
    [InlineData("17\n+10\n+10\nask shells", .75, .75)]
    [InlineData("nothing of it", 0, 0)]
    public void FactScore_Stickers_CountsLines(string sticker, double precision, double recall)
    {
        FactScore score = FactScore.Of(StickerReader.Read(sticker), ["17", "+10", "*2", "ask shells"]);

        Assert.Equal(precision, score.Precision, 1e-12);
        Assert.Equal(recall, score.Recall, 1e-12);
    }

    [Fact]
    public void FactScore_EmptySticker_HasNoPrecision() => Assert.Equal(new FactScore(0, 0), FactScore.Of(StickerReader.Read(""), ["17", "ask shells"]));
}
