using Agents.Plugins.VerbalizedSampling.Parsing;

namespace Agents.Plugins.VerbalizedSampling.Tests.Parsing;

public sealed class ListReaderTests
{
    [Theory]
    [InlineData("""{"responses":[{"text":"a","probability":0.5},{"text":"b","probability":0.25}]}""")]
    [InlineData("""{"responses":[{"text":"a","probability":"0.5"},{"text":"b","probability":"0.25"},]}""")]
    [InlineData("""{"Responses":[{"response":"a","Probability":0.5},{"response":"b","probability":0.25}]}""")]
    [InlineData("""{"reasoning":"a is {common}","responses":[{"text":"a","probability":0.5},{"text":"b","probability":0.25}]}""")]
    [InlineData("""[{"text":"a","probability":0.5},{"text":"b","confidence":0.25}]""")]
    [InlineData("[JSON only] {\"responses\":[{\"text\":\"a\",\"probability\":0.5},{\"text\":\"b\",\"probability\":0.25}]}")]
    [InlineData("<response><text>a</text><probability>0.5</probability></response>\n<response><text> b </text><probability>0.25</probability></response>")]
    [InlineData("0.5 a\n0.25 b")]
    [InlineData("Here they are:\n1. 0.5: a\n2. 0.25: b\nThat is all.")]
    public void Read_ListInAnyForm_GivesAnswersAndWeights(string reply) =>
        Assert.Equal([new ListedAnswer("a", "0.5"), new ListedAnswer("b", "0.25")], ListReader.Read(reply));

    [Fact]
    public void Read_CodeFence_IsCutOff() =>
        Assert.Equal([new ListedAnswer("a", "0.5")], ListReader.Read("Sure!\n```json\n{\"responses\": [{\"text\": \"a\", \"probability\": 0.5}]}\n```\nAnything else?"));

    [Theory]
    [InlineData("""{"responses":[{"text":"a"},{"text":"b","probability":null}]}""")]
    [InlineData("""{"responses":["a","b"]}""")]
    [InlineData("<response><text>a</text></response><response><text>b</text></response>")]
    public void Read_NoWeights_AreMissingAndNotInvented(string reply) =>
        Assert.Equal([new ListedAnswer("a", null), new ListedAnswer("b", null)], ListReader.Read(reply));

    // The released parser gave one empty text here, which raised every measure of diversity.
    [Theory]
    [InlineData("")]
    [InlineData("I cannot do that.")]
    [InlineData("""{"responses":[{"text":"a","probability":0.5}""")]
    [InlineData("""{"responses":[]}""")]
    [InlineData("""{"responses":"a"}""")]
    [InlineData("""{"responses":[{"text":"","probability":0.5},{"probability":0.5},7]}""")]
    [InlineData("""{"other":[{"text":"a"}]}""")]
    [InlineData("} {")]
    [InlineData("3 apples and 5 pears")]
    [InlineData("12. December")]
    public void Read_NoList_GivesNothing(string reply) => Assert.Empty(ListReader.Read(reply));

    [Theory]
    [InlineData("0.5 a\nno list line\n40% b\n- .3 | c", "a:0.5,b:40%,c:.3")]
    [InlineData("1 a\n0 b", "a:1,b:0")]
    [InlineData("0.52 27 figs", "27 figs:0.52")]
    public void Read_Lines_TakeOnlyWeightedOnes(string reply, string expected) =>
        Assert.Equal(expected, string.Join(',', ListReader.Read(reply).Select(answer => $"{answer.Text}:{answer.Weight}")));

    [Fact]
    public void Read_NestedTooDeep_GivesNothing() => Assert.Empty(ListReader.Read(new string('[', 5000) + new string(']', 5000)));

    [Fact]
    public void Read_EndlessList_IsCut() => Assert.Equal(1024, ListReader.Read(string.Join('\n', Enumerable.Repeat("0.1 a", 3000))).Count);
}
