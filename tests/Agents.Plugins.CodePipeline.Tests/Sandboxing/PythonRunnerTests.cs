using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;

namespace Agents.Plugins.CodePipeline.Tests.Sandboxing;

[Collection(SandboxFixture.Collection)]
public sealed class PythonRunnerTests
{
    private const string Sum = "def f(n):\n    s=0; i=1\n    while i<n:\n        s=s+i; i=i+1\n    return s\n";

    [Theory]
    [InlineData("def f(n):\n    return n * 2", "f(3)", "6")]
    [InlineData("def f(n):\n    return [n, 'a', None]", "f(1.5)", "[1.5, \"a\", None]")]
    [InlineData("class Solution:\n    def f(self, n):\n        return {n: n}", "Solution().f(2)", "{2: 2}")]
    [InlineData("import math\nfrom typing import List\ndef f(xs: List[int]) -> int:\n    return math.prod(xs)", "f([2, 3, 4])", "24")]
    [InlineData("def f(): return 'it\\'s \\u00e4'", "f()", "'it\\'s ä'")]
    public async Task RunAsync_RightPrograms_Pass(string program, string call, string expected)
    {
        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, call, expected);

        Assert.True(result.Passed, result.Failure);
    }

    [Theory]
    [InlineData("def f(n):\n    return n", "f(3) gave 3, expected 6")]
    [InlineData("def f(n):\n    return 1 // 0", "f(3) should give 6, but: ZeroDivisionError: integer division or modulo by zero (line 2)")]
    [InlineData("def f(n) return n", "f(3) should give 6, but: SyntaxError: expected ':' (line 1)")]
    [InlineData("def g(n):\n    return n", "f(3) should give 6, but: NameError: name 'f' is not defined")]
    [InlineData("import sys\ndef f(n):\n    sys.exit(0)", "f(3) should give 6, but: SystemExit: 0 (line 3)")]
    [InlineData("import os\ndef f(n):\n    os._exit(0)", "f(3) should give 6, but: the process ended (out of memory, endless recursion, or it ended itself)")]
    [InlineData("import numpy", "f(3) should give 6, but: ModuleNotFoundError: No module named 'numpy' (line 1)")]
    public async Task RunAsync_WrongPrograms_SayWhatWentWrong(string program, string failure)
    {
        CodeTestResult result = await SandboxFixture.PythonTestAsync(program, "f(3)", "6");

        Assert.Equal(failure, result.Failure);
    }

    [Fact]
    public async Task RunAsync_EveryTestStartsAfresh()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();
        CodeTest[] tests = [new("f(1)", "[1]"), new("f(2)", "[2]"), new("f(2)", "[1, 2]")];

        RunReport report = await python.RunAsync("xs = []\ndef f(n):\n    xs.append(n)\n    return xs", tests, SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Equal([true, true, false], report.Results.Select(result => result.Passed));
        Assert.Equal(2, report.PassedCount);
        Assert.Equal(tests[2], report.FirstFailure!.Test);
    }

    [Fact]
    public async Task RunAsync_EndlessTest_OnlyThatOneFails()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();
        CodeTest[] tests = [new("f(1)", "1"), new("f(0)", "0"), new("f(2)", "2")];

        RunReport report = await python.RunAsync(
            "def f(n):\n    while n == 0:\n        pass\n    return n", tests, new RunLimits(TimeSpan.FromSeconds(0.5)), TestContext.Current.CancellationToken);

        Assert.Equal(["", "f(0) should give 0, but: did not end within 0.5 s", ""], report.Results.Select(result => result.Failure));
    }

    // papers/62 §5, vector 1.
    [Fact]
    public async Task TraceAsync_SumWithWrongBound_VisitsSevenBlocks()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();

        TraceReport trace = await python.TraceAsync(Sum, new CodeTest("f(3)", "6"), SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Null(trace.Error);
        Assert.Equal([0, 1, 2, 1, 2, 1, 3], trace.Visits.Select(visit => visit.BlockId));
        Assert.Equal("3", trace.Result);
        Assert.Equal(
            """
            B0 line 2: s=0; i=1
              n=3, s=0, i=1
            B1 line 3: while i<n:
              n=3, s=0, i=1
            B2 line 4: s=s+i; i=i+1
              n=3, s=1, i=2
            B1 line 3: while i<n:
              n=3, s=1, i=2
            B2 line 4: s=s+i; i=i+1
              n=3, s=3, i=3
            B1 line 3: while i<n:
              n=3, s=3, i=3
            B3 line 5: return s
              n=3, s=3, i=3
            result: 3
            """,
            TraceText.Render(trace, 10, 100));
    }

    [Fact]
    public async Task TraceAsync_BranchesHandlersAndRecursion_FollowTheRun()
    {
        const string Program = """
            def f(n):
                "Returns something."
                out = []
                for k in range(
                        n):
                    if k % 2:
                        continue
                    elif k == 2:
                        try:
                            out.append(1 // 0)
                        except ZeroDivisionError:
                            out.append(-1)
                    else:
                        with open("/dev/null") as x:
                            out.append(k)
                return out + f(0) if n else out
            """;
        ICodeRunner python = await SandboxFixture.PythonAsync();

        TraceReport trace = await python.TraceAsync(Program, new CodeTest("f(3)", "[]"), SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Null(trace.Error);
        Assert.Equal("[0, -1]", trace.Result);
        Assert.Equal("out = []", trace.Visits[0].Source);
        Assert.Equal("for k in range(; n):", trace.Visits[1].Source);
        Assert.Contains(trace.Visits, visit => visit.Source == "except ZeroDivisionError:" && visit.StateAfter["out"] == "[0]" && visit.StateAfter["k"] == "2");
        Assert.Equal(["[0, -1]"], trace.Visits.Where(visit => visit.Source.StartsWith("out.append(-1)", StringComparison.Ordinal)).Select(visit => visit.StateAfter["out"]));
        Assert.Equal(["3", "0"], trace.Visits.Where(visit => visit.BlockId == 0).Select(visit => visit.StateAfter["n"]));
    }

    [Fact]
    public async Task TraceAsync_EndlessLoop_GivesTheVisitsSoFar()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();

        TraceReport trace = await python.TraceAsync(
            "def f(n):\n    while True:\n        n = n + 1\n    return n", new CodeTest("f(0)", "1"), new RunLimits(TimeSpan.FromSeconds(0.5)), TestContext.Current.CancellationToken);

        Assert.Equal("did not return within 0.5 s", trace.Error);
        Assert.Equal(["1", "2", "3"], trace.Visits.Where(visit => visit.BlockId == 1).Take(3).Select(visit => visit.StateAfter["n"]));
        Assert.True(trace.Total > trace.Visits.Count);
        Assert.EndsWith("did not return within 0.5 s", TraceText.Render(trace, 10, 100), StringComparison.Ordinal);
        Assert.Equal(10, TraceText.Render(trace, 10, 100).Split('\n').Count(line => line.StartsWith('B')));
    }

    [Theory]
    [InlineData("def f(n):\n    n = n + 1\n    return 1 // (n - 1)", "the call raised ZeroDivisionError: integer division or modulo by zero (line 3)", 1)]
    [InlineData("def g(n):\n    return n", "the program could not be traced: ValueError: the program has no function 'f'", 0)]
    [InlineData("def f(n:\n    return n", "the program could not be traced: SyntaxError: '(' was never closed (line 1)", 0)]
    public async Task TraceAsync_NoResult_SaysWhy(string program, string error, int visits)
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();

        TraceReport trace = await python.TraceAsync(program, new CodeTest("f(0)", "1"), SandboxFixture.Limits, TestContext.Current.CancellationToken);

        Assert.Equal(error, trace.Error);
        Assert.Equal(visits, trace.Visits.Count);
    }

    [Fact]
    public async Task TraceAsync_StraightLine_IsOneBlock()
    {
        ICodeRunner python = await SandboxFixture.PythonAsync();

        TraceReport trace = await python.TraceAsync("def f(n):\n    a = n\n    b = a\n    return b", new CodeTest("f(4)", "4"), SandboxFixture.Limits, TestContext.Current.CancellationToken);

        BlockVisit visit = Assert.Single(trace.Visits);
        Assert.Equal((2, 4, "a = n; b = a; return b"), (visit.FirstLine, visit.LastLine, visit.Source));
        Assert.Equal(["n", "a", "b"], visit.StateAfter.Keys);
    }
}
