using Agents.Plugins.CodePipeline.Flow;

namespace Agents.Plugins.CodePipeline.Tests.Flow;

public sealed class VerdictAndTextTests
{
    [Theory]
    [InlineData("PASS", true)]
    [InlineData("It would PASS, but line 3 is wrong.\nFAIL", false)]
    [InlineData("Not a FAIL: **PASS**.", true)]
    [InlineData("<think>FAIL</think>PASS", true)]
    [InlineData("PASS<think>FAIL", true)]
    [InlineData("PASSED and FAILURE", null)]
    [InlineData("pass", null)]
    [InlineData("", null)]
    [InlineData("{\"report\": \"would FAIL\", \"verdict\": \"pass\"}", true)]
    [InlineData("{\"verdict\": \"FAIL\"} PASS", false)]
    [InlineData("{\"verdict\": 1} FAIL", false)]
    [InlineData("int f() { return 1; } PASS", true)]
    public void Of_Report_LastTokenOrFieldDecides(string report, bool? verdict) => Assert.Equal(verdict, TesterVerdict.Of(report));

    [Theory]
    [InlineData("def f(): pass", "def f(): pass")]
    [InlineData("Here:\n```python\ndef f():\n    pass\n```\nDone.", "def f():\n    pass")]
    [InlineData("```\na\n```\nand\n```python\nlonger\n  text\n```", "longer\n  text")]
    [InlineData("```python\r\nx = 1\r\n```", "x = 1")]
    [InlineData("```python\nnever closed", "never closed")]
    [InlineData("<think>```\nno\n```</think>yes", "yes")]
    [InlineData("```\n```", "")]
    [InlineData("s = 'a ``` b'", "s = 'a ``` b'")]
    public void Of_Reply_LongestBlockOrAll(string reply, string program) => Assert.Equal(program, ProgramText.Of(reply));

    [Fact]
    public void Render_ListOfBlocks_OneLineEach()
    {
        const string Reply = """
            [note] The blocks: ```json
            [{"block": "B0", "content": "s=0\ni=1", "correct": "true", "explanation": "ok"}, {"block": 1, "correct": false}, "x"]
            ```
            """;

        Assert.Equal("B0 (s=0; i=1): correct. ok\n1 (): wrong.", Explanations.Render(Reply));
        Assert.Equal([true, false], Explanations.Read(Reply).Select(block => block.Correct));
    }

    [Theory]
    [InlineData("The loop ends too early.")]
    [InlineData("[1, 2]")]
    [InlineData("[{broken")]
    public void Render_NoList_TheReplyItself(string reply) => Assert.Equal(reply, Explanations.Render(reply));
}
