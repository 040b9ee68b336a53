using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Running;
using Agents.Programs;
using Agents.Programs.Flow;

namespace Agents.Plugins.CodePipeline.Tests.Mini;

public sealed class MiniRunnerTests
{
    private const string SumBelow = "f(n):s=0;i=1;while i<n:{s=s+i;i=i+1}return s";
    private readonly MiniRunner _runner = new();

    [Fact]
    public async Task RunAsync_PassFailPass_TheSecondTestDecides()
    {
        RunReport report = await RunAsync(SumBelow, new("f(0)", "0"), new("f(3)", "6"), new("f( 2 )", " 1"));

        Assert.False(report.Passed);
        Assert.Equal([true, false, true], report.Results.Select(result => result.Passed));
        Assert.Equal("f(3) gave 3, expected 6", report.FirstFailure!.Failure);
    }

    [Theory]
    [InlineData("f(n):return", "expected a value at 12")]
    [InlineData("f(n):return n/0", "division by zero")]
    [InlineData("f(n):while 1==1:{}return n", "too many steps")]
    [InlineData("f(n,k):return n", "takes 2 arguments")]
    public async Task RunAsync_AProgramThatFails_IsAnError(string program, string error)
    {
        RunReport report = await RunAsync(program, new CodeTest("f(3)", "6"));

        Assert.Equal($"f(3) should give 6, but: {error}", report.FirstFailure!.Failure);
    }

    [Fact]
    public async Task RunAsync_ATestOfAnotherLanguage_IsAnErrorOfTheTest()
    {
        RunReport report = await RunAsync(SumBelow, new CodeTest("f('x')", "6"));

        Assert.Contains("no call and value", report.FirstFailure!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TraceAsync_TheSpecificationsProgram_HasItsSevenVisits()
    {
        TraceReport trace = await TraceAsync(SumBelow, new CodeTest("f(3)", "6"));

        Assert.Equal([0, 1, 2, 1, 2, 1, 3], trace.Visits.Select(visit => visit.BlockId));
        Assert.Equal((7, "3", null), (trace.Total, trace.Result, trace.Error));
        Assert.Equal("1", trace.Visits[2].StateAfter["s"]);
        Assert.Equal("2", trace.Visits[2].StateAfter["i"]);
    }

    [Fact]
    public async Task TraceAsync_AProgramThatDoesNotParse_HasAnErrorInsteadOfVisits()
    {
        TraceReport trace = await TraceAsync("f(n)", new CodeTest("f(3)", "6"));

        Assert.Empty(trace.Visits);
        Assert.Equal("expected : at 5", trace.Error);
        Assert.Equal("", MiniText.Trace(trace, 10, 100));
    }

    [Theory]
    [InlineData(SumBelow, 3)]
    [InlineData(SumBelow, 30)]
    [InlineData("f(n):x=[n];while 1==1:{x=x+[n]}return x", 5)]
    [InlineData("f(n):if n>2:{n=n-1}else:{n=[1][4]}return n/(n-2)", 3)]
    public async Task Trace_Text_IsWhatModelsAreTrainedOn(string program, int argument)
    {
        Assert.True(MiniProgram.TryParse(program, out MiniProgram? parsed, out _));
        string expected = Programs.Flow.TraceText.Write(BlockTracer.Trace(parsed, [new ProgramValue(argument)], new ProgramLimits { Steps = 2_000 }));

        TraceReport trace = await TraceAsync(program, new CodeTest($"f({argument})", "6"));

        Assert.Equal(expected, MiniText.Trace(trace, 10, 100));
    }

    [Theory]
    [InlineData("answer: f(n): return (n)", "f(n):return n")]
    [InlineData("```mini\nf(n):return n\n```", "f(n):return n")]
    [InlineData("answer: f(n):return", "f(n):return")]
    [InlineData("I cannot.", "I cannot.")]
    public void Program_AReply_GivesTheCanonicalText(string reply, string expected) => Assert.Equal(expected, MiniText.Program(reply));

    [Theory]
    [InlineData("f(l): sum of items; f([1])=1", CodeLanguage.Mini)]
    [InlineData("f(l,k): items over k; f([1],1)=1", CodeLanguage.Mini)]
    [InlineData("def f(l): sums", CodeLanguage.Python)]
    [InlineData("f(l) sums its items", CodeLanguage.Python)]
    public void Detect_AHeaderOfTheMiniLanguage_IsMini(string question, CodeLanguage expected) => Assert.Equal(expected, Languages.Detect(question));

    private Task<RunReport> RunAsync(string program, params CodeTest[] tests) => _runner.RunAsync(program, tests, RunLimits.Default, TestContext.Current.CancellationToken);

    private Task<TraceReport> TraceAsync(string program, CodeTest test) => _runner.TraceAsync(program, test, RunLimits.Default, TestContext.Current.CancellationToken);
}
