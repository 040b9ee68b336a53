using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

/// <summary>The real runner process in the sandbox; what it does with programs of all kinds is tested without a process.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class CSharpRunnerTests
{
    [Fact]
    public async Task RunAsync_SeveralTests_EachHasItsResult()
    {
        ICodeRunner csharp = await SandboxFixture.CSharpAsync();
        CodeTest[] tests = [new("F(1)", "2"), new("F(2)", "5"), new("F(0)", "0")];

        RunReport report = await csharp.RunAsync("static int F(int n) => 2 * n / (n == 0 ? 0 : 1);", tests, SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["", "F(2) gave 4, expected 5", "F(0) should give 0, but: DivideByZeroException: Attempted to divide by zero. (line 1)"],
            report.Results.Select(result => result.Failure));
    }

    [Theory]
    [InlineData("static int F(int n) { Environment.Exit(0); return 6; }")]
    [InlineData("static int F(int n) => F(n + 1) + 1;")]
    public async Task RunAsync_ProgramThatEndsTheProcess_SaysSo(string program)
    {
        CodeTestResult result = await SandboxFixture.CSharpTestAsync(program, "F(3)", "6");

        Assert.Equal("the process ended (out of memory, endless recursion, or it ended itself)", result.Error);
    }

    [Fact]
    public async Task TraceAsync_EndlessLoop_GivesTheVisitsSoFar()
    {
        ICodeRunner csharp = await SandboxFixture.CSharpAsync();

        TraceReport trace = await csharp.TraceAsync("static int F(int n) { while (true) { n++; } }", new CodeTest("F(0)", "1"), new RunLimits(TimeSpan.FromSeconds(1)), TestContext.Current.CancellationToken);

        Assert.Equal("did not return within 1 s", trace.Error);
        Assert.Equal(["0", "1", "1"], trace.Visits.Take(3).Select(visit => visit.StateAfter["n"]));
        Assert.True(trace.Total > trace.Visits.Count);
    }
}
