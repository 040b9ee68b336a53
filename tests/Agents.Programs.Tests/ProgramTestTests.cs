namespace Agents.Programs.Tests;

public sealed class ProgramTestTests
{
    [Theory]
    [InlineData("f(3)=6")]
    [InlineData("f([1,-2],3)=[4]")]
    [InlineData("f()=[]")]
    [InlineData("f([])=-1")]
    public void TryParse_ATest_IsWrittenBackTheSame(string text)
    {
        Assert.True(ProgramTest.TryParse(" " + text + " ", out ProgramTest? test));
        Assert.Equal(text, test.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("f(3)")]
    [InlineData("f(3)=")]
    [InlineData("f(3)=6;")]
    [InlineData("g(3)=6")]
    [InlineData("f(3,)=6")]
    [InlineData("f([1)=6")]
    [InlineData("f(x)=6")]
    [InlineData("f(1234567890123)=6")]
    [InlineData("f(-)=6")]
    public void TryParse_NoTest_IsRefused(string text) => Assert.False(ProgramTest.TryParse(text, out _));

    [Fact]
    public void FindAll_AQuestion_FindsItsTestsInOrder()
    {
        IReadOnlyList<ProgramTest> tests = ProgramTest.FindAll("f(l): sum of items f(; of(1)=2; f([5,2])=7; f([3])=2 and f([])=0.");

        Assert.Equal(["f([5,2])=7", "f([3])=2", "f([])=0"], tests.Select(test => test.ToString()));
    }

    [Fact]
    public void FirstFailing_PassFailPass_IsTheSecond()
    {
        MiniProgram program = Sources.Parse(Sources.SumBelow);

        TestRun run = TestRun.Of(program, ProgramTest.FindAll("f(0)=0 f(3)=6 f(2)=1"));

        Assert.False(run.Passed);
        Assert.Equal(1, run.FirstFailing);
        Assert.Equal(2, run.PassedCount);
        Assert.Equal("3", run.Outcomes[1].Got);
        Assert.False(TestRun.PassesAll(program, ProgramTest.FindAll("f(0)=0 f(3)=6 f(2)=1")));
        Assert.True(TestRun.PassesAll(program, ProgramTest.FindAll("f(0)=0 f(2)=1")));
        Assert.Equal(-1, TestRun.Of(program, []).FirstFailing);
    }

    [Fact]
    public void Check_FailingProgram_GotIsTheError()
    {
        TestOutcome outcome = ProgramTest.FindAll("f(3)=6")[0].Check(Sources.Parse("f(n):return n/0"));

        Assert.False(outcome.Passed);
        Assert.Equal("error: division by zero", outcome.Got);
    }

    [Theory]
    [InlineData("answer: f(n):return n", "f(n):return n")]
    [InlineData("plan\nf(n):return 1\nanswer: f(n):return 2\nmore", "f(n):return 2")]
    [InlineData("Sure:\n```mini\nf(n):return 3\n```\nDone.", "f(n):return 3")]
    [InlineData("first\nf(n):return 4\n  `f(n):return 5`", "f(n):return 5")]
    [InlineData("answer:\nf(n):return 6", "f(n):return 6")]
    [InlineData("no program at all", null)]
    [InlineData("answer: ", null)]
    [InlineData("", null)]
    public void Find_AnyResponse_TakesTheProgram(string response, string? expected) => Assert.Equal(expected, ProgramText.Find(response));
}
