using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;

namespace Agents.Plugins.CodePipeline.Tests.CSharp;

/// <summary>What the runner process does, in this process: these programs are the tests' own.</summary>
public sealed class CodeRunnerTests
{
    [Theory]
    [InlineData("int F(int n) => n * 2;", "F(3)", "6")]
    [InlineData("public static int F(int n) { return n * 2; }", "F(3)", "6")]
    [InlineData("private int F(int n) { return n * 2; }\nConsole.WriteLine(F(1));", "F(3)", "6.0")]
    [InlineData("class Solution { static int F(int n) => n * 2; }", "F(3)", "6L")]
    [InlineData("public class Solution { private int F(int n) => n * 2; }", "F(3)", "6")]
    [InlineData("namespace A.B; public class Solution { class Inner { protected int F(int n) => n * 2; } }", "F(3)", "6")]
    [InlineData("public class Solution { public int F(int n) => n * 2; }", "new Solution().F(3)", "6")]
    [InlineData("static List<int> F(int[] xs) => xs.Select(x => x + 1).ToList();", "F([1, 2])", "[2, 3]")]
    [InlineData("static int[][] F(string s) => [];", "F(\"a\")", "[]")]
    [InlineData("static int[][] F(int n) => new[] { new[] { n }, new[] { n, n } };", "F(1)", "[[1], [1, 1]]")]
    [InlineData("static string F(char c) => $\"{c}{c}\";", "F('x')", "\"xx\"")]
    [InlineData("static double F(double x) => x / 3;", "F(1)", "0.3333333333333333")]
    [InlineData("static (int, string) F() => (1, \"a\");", "F()", "(1, \"a\")")]
    [InlineData("static readonly int[] Table = { 1, 2, 3 };\nstatic int F(int i) => Table[i];", "F(1)", "2")]
    public void Run_RightPrograms_Pass(string program, string call, string expected)
    {
        CodeTestResult result = RunnerInProcess.Test(program, call, expected);

        // Roslyn 4.3 reads no collection expressions in programs.
        Assert.True(result.Passed || program.EndsWith("=> [];", StringComparison.Ordinal), result.Failure);
    }

    [Theory]
    [InlineData("static int F(int n) => n;", "F(3) gave 3, expected 6")]
    [InlineData("static int F(int n)\n{\n    return 1 / (n - 3);\n}", "F(3) should give 6, but: DivideByZeroException: Attempted to divide by zero. (line 3)")]
    [InlineData("static int F(int n)\n{\n    return m;\n}", "F(3) should give 6, but: the program does not compile: CS0103: The name 'm' does not exist in the current context (line 3)")]
    [InlineData("static int F(string n) => 6;", "F(3) should give 6, but: the test does not compile: CS1503: Argument 1: cannot convert from 'int' to 'string'")]
    [InlineData("static int F(int n) => throw new InvalidOperationException(\"a\\nb\");", "F(3) should give 6, but: InvalidOperationException: a b (line 1)")]
    public void Run_WrongPrograms_SayWhatWentWrong(string program, string failure)
    {
        CodeTestResult result = RunnerInProcess.Test(program, "F(3)", "6");

        Assert.Equal(failure, result.Failure);
    }

    [Fact]
    public void Run_SeveralTests_StartAfreshAndOneMayNotCompile()
    {
        CodeTest[] tests = [new("F(1)", "1"), new("F(2)", "2"), new("F()", "3"), new("F(2)", "3")];

        RunReport report = RunnerInProcess.Run("static int s = 0; static int F(int n) { s += n; return s; }", tests);

        Assert.Equal([true, true, false, false], report.Results.Select(result => result.Passed));
        Assert.StartsWith("the test does not compile: CS7036", report.Results[2].Error, StringComparison.Ordinal);
        Assert.Equal("2", report.Results[3].Actual);
    }

    // papers/62 §5, vector 1.
    [Fact]
    public void Trace_SumWithWrongBound_VisitsSevenBlocks()
    {
        const string Program = """
            static int F(int n)
            {
                int s = 0; int i = 1;
                while (i < n)
                {
                    s = s + i; i = i + 1;
                }
                return s;
            }
            """;

        Assert.Equal(
            """
            B0 line 3: int s = 0; int i = 1;
              n=3, s=0, i=1
            B1 line 4: while (i < n)
              n=3, s=0, i=1
            B2 line 6: s = s + i; i = i + 1;
              n=3, s=1, i=2
            B1 line 4: while (i < n)
              n=3, s=1, i=2
            B2 line 6: s = s + i; i = i + 1;
              n=3, s=3, i=3
            B1 line 4: while (i < n)
              n=3, s=3, i=3
            B3 line 8: return s;
              n=3, s=3, i=3
            result: 3
            """,
            Render(Program, "F(3)"));
    }

    [Fact]
    public void Trace_EveryKindOfStatement_Follows()
    {
        const string Program = """
            class Solution
            {
                int F(object o, int n)
                {
                    var list = new List<int>();
                    if (o is string text && text.Length > 0) list.Add(text.Length); else { list.Add(-1); }
                    for (int k = 0; k < n; k++)
                    {
                        if (k == 1) continue;
                        switch (k)
                        {
                            case 0: list.Add(10); break;
                            default:
                                try { checked { list.Add(1 / (k - 2)); } }
                                catch (DivideByZeroException) { list.Add(99); }
                                finally { n -= 0; }
                                break;
                        }
                    }
                    foreach (int x in list) { n += x; }
                    do n--; while (n > 100);
                    while (true) { if (n > 0) break; n++; }
                    lock (list) { Span<int> span = stackalloc int[1]; n += span.Length; }
                    int Local(int y) { return y; }
                    using (var reader = new StringReader("a")) n += Local(0);
                    return n;
                }
            }
            """;

        string trace = Render(Program, "F(\"ab\", 3)", 1000);

        Assert.EndsWith("result: 101", trace, StringComparison.Ordinal);
        foreach (string part in (string[])
            [
                "line 5: var list = new List<int>();\n  o=\"ab\", n=3, list=[]",
                "line 6: o is string text && text.Length > 0\n  o=\"ab\", n=3, list=[], text=\"ab\"",
                "line 6: list.Add(text.Length);\n  o=\"ab\", n=3, list=[2]",
                "line 7: for (int k = 0; k < n; k++)\n  o=\"ab\", n=3, list=[2], k=0",
                "line 9: continue;", "line 10: switch (k)", "line 12: list.Add(10); break;\n  o=\"ab\", n=3, list=[2, 10], k=0",
                "line 15: list.Add(99);\n  o=\"ab\", n=3, list=[2, 10, 99], k=2",
                "line 16: n -= 0;", "line 20: foreach (int x in list)", "line 21: n > 100", "line 22: while (true)", "line 23: Span<int> span = stackalloc int[1]; n += span.Length;", "line 25: n += Local(0);",
                "line 26: return n;\n  o=\"ab\", n=101, list=[2, 10, 99]",
            ])
        {
            Assert.Contains(part, trace, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("static int F(int n) => n * 2;", "F(3)", "B0 line 1: n * 2\n  n=3\nresult: 6")]
    [InlineData("static int F(int n) => n == 0 ? 0 : F(n - 1);", "F(1)", "B0 line 1: n == 0 ? 0 : F(n - 1)\n  n=1\nB0 line 1: n == 0 ? 0 : F(n - 1)\n  n=0\nresult: 0")]
    [InlineData("static int F(int n)\n{\n    n = n / 0;\n}", "F(3)", "the program does not compile: CS0161: 'LooseFunctions__.F(int)': not all code paths return a value (line 1)")]
    [InlineData("static int G(int n) => n;", "F(3)", "the program has no function for 'F(3)'")]
    [InlineData("static int F(int n)\n{\n    int m = n;\n    return m / (n - 3);\n}", "F(3)", "B0 lines 3-4: int m = n; return m / (n - 3);\n  n=3, m=3\nthe call threw DivideByZeroException: Attempted to divide by zero. (line 4)")]
    public void Trace_SmallPrograms_GiveTheirTrace(string program, string call, string trace) => Assert.Equal(trace, Render(program, call));

    private static string Render(string program, string call, int cap = 10) => TraceText.Render(RunnerInProcess.Trace(program, call), cap, 100);
}
