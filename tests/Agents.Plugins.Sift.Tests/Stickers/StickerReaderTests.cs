using Agents.Plugins.Sift.Stickers;

namespace Agents.Plugins.Sift.Tests.Stickers;

public sealed class StickerReaderTests
{
    // papers/49 §5, parsing vectors.
    [Fact]
    public void Cut_VectorOfThePaper_GivesTheSticker() => Assert.Equal(
        "**Conditions:**\n1. A\n\n**Question:**\nB?", StickerReader.Cut("x **Conditions:**\n1. A\n\n**Question:**\nB?\n``` tail"));

    [Theory]
    [InlineData("no header at all")]
    [InlineData(" Question: B? ``` ")]
    [InlineData("")]
    public void Cut_NoHeader_GivesTheTextUnchanged(string text) => Assert.Equal((text, text), (StickerReader.Cut(text), StickerReader.Read(text).Text));

    [Theory]
    [InlineData("```\n**Conditions:**\n1. A\n2. B c\n\n**Question:**\nD?\n```")]
    [InlineData("**Conditions**:\n1) A\n2) B c\n**Question**: D?")]
    [InlineData("**conditions:**\n- A\n* B c\n\n**QUESTION:** D?")]
    [InlineData("""{"conditions":["A","B c"],"question":"D?"}""")]
    [InlineData("```json\n{\"conditions\": [\"A\", \" B c \", \"\"], \"question\": \"D?\",}\n```")]
    [InlineData("A\nB c\nD?")]
    public void Read_AnyLayout_TellsConditionsAndQuestionApart(string reply)
    {
        Sticker sticker = StickerReader.Read(reply);

        Assert.Equal(["A", "B c"], sticker.Conditions);
        Assert.Equal("D?", sticker.Question);
    }

    [Fact]
    public void Read_Json_HasTheTextOfTheLayout() =>
        Assert.Equal("**Conditions:**\n1. A\n2. B\n\n**Question:**\nC?", StickerReader.Read("""{"conditions":["A","B"],"question":"C?"}""").Text);

    [Theory]
    [InlineData("""{"conditions":"A","question":"C?"}""")]
    [InlineData("""{"conditions":["A"]}""")]
    [InlineData("{ broken")]
    [InlineData("} {")]
    public void Read_OtherJson_IsPlainText(string reply) => Assert.Equal(reply, StickerReader.Read(reply).Text);

    [Fact]
    public void Beyond_TwoStickers_AreComparedByCondition()
    {
        Sticker before = StickerReader.Read("A\nB\nC?");
        Sticker after = StickerReader.Read("b\nD\nC?");

        Assert.Equal(["D"], after.Beyond(before));
        Assert.Equal(["A"], before.Beyond(after));
    }
}
