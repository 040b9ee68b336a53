using Agents.Plugins.CodePipeline.Running;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;

namespace Agents.Plugins.CodePipeline.Tests.Strategies;

public sealed class FlowTests
{
    // papers/62 §5, vector 3: everything fails, so that every loop runs to its end.
    [Theory]
    [InlineData("basic", 1, 0, 0, 0, 0, 0, 0)]
    [InlineData("ac", 2, 1, 0, 0, 0, 0, 0)]
    [InlineData("act", 9, 1, 4, 3, 0, 0, 0)]
    [InlineData("debug", 21, 0, 0, 0, 11, 10, 20)]
    [InlineData("ac-debug", 10, 1, 0, 0, 5, 4, 8)]
    [InlineData("act-debug", 17, 1, 4, 3, 5, 4, 8)]
    public async Task Flow_EverythingFails_MakesTheCallsOfThePaper(string flow, int calls, int plans, int tests, int fixes, int runs, int traces, int debugCalls)
    {
        ScriptedChatClient model = CodeScript.Failing();
        FakeRunner runner = FakeRunner.Failing();

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(runner), $$"""{"flow":"{{flow}}"}""");

        Assert.Equal(calls, model.Calls.Count);
        Assert.Equal(
            (plans, tests, fixes, runs, traces, debugCalls),
            (CodeScript.Count(model, CodeScript.Plan), CodeScript.Count(model, CodeScript.Test), CodeScript.Count(model, CodeScript.Fix), runner.Runs, runner.Traces,
                CodeScript.Count(model, CodeScript.Explain) + CodeScript.Count(model, CodeScript.Repair)));
        Assert.Equal((flow, tests, fixes, runs, traces, debugCalls / 2),
            ((string)result.Answer!.Details["flow"]!, (int)result.Answer.Details["testerCalls"]!, (int)result.Answer.Details["fixes"]!, (int)result.Answer.Details["runs"]!,
                (int)result.Answer.Details["tracedRuns"]!, (int)result.Answer.Details["repairs"]!));
    }

    // papers/62 §5, vector 4.
    [Fact]
    public void Report_PassFailPass_FailsWithTheFirstFailure()
    {
        CodeTest test = new("f(1)", "1");

        var report = new RunReport([new CodeTestResult(test, true, "1"), new CodeTestResult(test with { Call = "f(2)" }, false, "2"), new CodeTestResult(test, true, "1")]);

        Assert.False(report.Passed);
        Assert.Same(report.Results[1], report.FirstFailure);
        Assert.Equal(2, report.PassedCount);
    }

    [Fact]
    public async Task Debug_AllTestsPass_StopsAtOnce()
    {
        ScriptedChatClient model = CodeScript.Failing();
        var runner = new FakeRunner((_, _) => true);

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(runner), """{"flow":"debug"}""");

        Assert.Equal((1, 1, 0), (model.Calls.Count, runner.Runs, runner.Traces));
        Assert.Equal("version = 1", result.Answer!.Details["program"]);
        Assert.Equal((2, 2), ((int)result.Answer.Details["visiblePassed"]!, (int)result.Answer.Details["visibleTests"]!));
    }

    [Fact]
    public async Task Debug_FailingTest_ItsTraceReachesTheDebuggerAndItsExplanationTheCoder()
    {
        ScriptedChatClient model = CodeScript.Failing();
        var runner = new FakeRunner((program, test) => program.EndsWith('2') || test.Call == "f(3)");

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(runner), """{"flow":"debug"}""");

        string explain = Assert.Single(CodeScript.Prompts(model, CodeScript.Explain));
        Assert.Contains("B0 lines 1-2: a = 1; b = 2\n  a=1, b=2\nresult: 2", explain, StringComparison.Ordinal);
        Assert.Contains("f(4) gave 5, expected 8", explain, StringComparison.Ordinal);
        Assert.Contains("version = 1", explain, StringComparison.Ordinal);
        string repair = Assert.Single(CodeScript.Prompts(model, CodeScript.Repair));
        Assert.Contains("B0 (a = 1): correct. fine\nB1 (i<n): wrong. one too few", repair, StringComparison.Ordinal);
        Assert.DoesNotContain("a=1, b=2", repair, StringComparison.Ordinal);
        Assert.Equal("version = 2", result.Answer!.Details["program"]);
        TraceNode step = result.Trace.Single(node => node.Name == "debug 1");
        Assert.Equal("1/2", step.Notes["code.tests"]);
        Assert.Equal("""{"visits":[{"blockId":0,"firstLine":1,"lastLine":2,"source":"a = 1; b = 2","stateAfter":{"a":"1","b":"2"}}],"total":1,"result":"2"}""", step.Notes["code.trace"]);
        Assert.Equal("repairer", result.Trace.Last(node => node.Kind == TraceNodeKind.Call).Notes["code.role"]);
    }

    [Theory]
    [InlineData("source", "version = 1\n\n\nGo", 0)]
    [InlineData("none", "f(3) gave 5, expected 6\n\nGo", 0)]
    public async Task Debug_OtherTraceSlots_TraceNothing(string slot, string part, int traces)
    {
        ScriptedChatClient model = CodeScript.Failing();
        FakeRunner runner = FakeRunner.Failing();

        await CodeScript.RunAsync(model, FakeRunner.Of(runner), $$"""{"flow":"debug","traceSlot":"{{slot}}","maxRepairs":1}""");

        Assert.Equal((2, traces), (runner.Runs, runner.Traces));
        string prompt = Assert.Single(CodeScript.Prompts(model, CodeScript.Explain));
        Assert.DoesNotContain("a=1, b=2", prompt, StringComparison.Ordinal);
        Assert.Contains(part.Replace("\n\n\nGo", "", StringComparison.Ordinal).Replace("\n\nGo", "", StringComparison.Ordinal), prompt, StringComparison.Ordinal);
        Assert.Equal(slot == "source" ? 2 : 1, prompt.Split("version = 1").Length - 1);
    }

    [Fact]
    public async Task Debug_WithoutExplanations_ARepairIsOneCallThatReadsTheTrace()
    {
        ScriptedChatClient model = CodeScript.Failing();
        FakeRunner runner = FakeRunner.Failing();

        await CodeScript.RunAsync(model, FakeRunner.Of(runner), """{"flow":"debug","explain":false,"maxRepairs":2}""");

        Assert.Equal((3, 3, 2), (model.Calls.Count, runner.Runs, runner.Traces));
        Assert.All(CodeScript.Prompts(model, CodeScript.Repair), prompt => Assert.Contains("a=1, b=2", prompt, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "version = 2", 1)]
    [InlineData(false, "version = 4", 3)]
    public async Task Debug_KeepBest_DecidesWhichVersionAnswers(bool keepBest, string program, int repairs)
    {
        // Version 2 passes one of two tests, as does version 3; version 4 passes none.
        var runner = new FakeRunner((source, test) => test.Call == "f(3)" && source[^1] is '2' or '3' && test.Call == "f(3)");

        ReasoningResult result = await CodeScript.RunAsync(
            CodeScript.Failing(), FakeRunner.Of(runner), $$"""{"flow":"debug","maxRepairs":3,"keepBest":{{(keepBest ? "true" : "false")}}}""");

        Assert.Equal(program, result.Answer!.Details["program"]);
        Assert.Equal((repairs, 3), ((int)result.Answer.Details["keptRepair"]!, (int)result.Answer.Details["repairs"]!));
    }

    [Theory]
    [InlineData("PASS", 1, 0, true)]
    [InlineData("FAIL", 4, 3, false)]
    [InlineData("no idea", 4, 3, null)]
    public async Task Tester_Verdict_DecidesTheLoop(string verdict, int tests, int fixes, bool? said)
    {
        ScriptedChatClient model = new ScriptedChatClient()
            .On(CodeScript.Plan, new ScriptedAnswer("1. Double it."))
            .On(CodeScript.Test, new ScriptedAnswer(verdict))
            .On("", new ScriptedAnswer("the program"));

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), """{"flow":"act"}""");

        Assert.Equal((tests, fixes), (CodeScript.Count(model, CodeScript.Test), CodeScript.Count(model, CodeScript.Fix)));
        Assert.Equal(said, result.Answer!.Details["verdict"]);
    }

    [Fact]
    public async Task Fixer_IsGivenTheProgram()
    {
        ScriptedChatClient model = CodeScript.Failing();

        await CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), """{"flow":"act","maxTesterFixes":1}""");

        string prompt = Assert.Single(CodeScript.Prompts(model, CodeScript.Fix));
        Assert.Contains("version = 1", prompt, StringComparison.Ordinal);
        Assert.Contains("It does not PASS as it is.", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_ReachesTheCoder_AlsoBeforeDebugging()
    {
        ScriptedChatClient model = CodeScript.Failing();

        await CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), """{"flow":"ac-debug","maxRepairs":0}""");

        Assert.Contains("1. Double it.", Assert.Single(CodeScript.Prompts(model, CodeScript.Code)), StringComparison.Ordinal);
    }

    // A small budget first takes the tester, then the plan, then explanations; the program and one repair come last.
    [Theory]
    [InlineData(1, 0, 0, 0, 0)]
    [InlineData(2, 0, 0, 0, 1)]
    [InlineData(3, 0, 0, 1, 1)]
    [InlineData(4, 1, 0, 1, 1)]
    [InlineData(5, 1, 0, 1, 2)]
    [InlineData(6, 1, 1, 1, 1)]
    public async Task Budget_TooSmall_ShedsSteps(int calls, int plans, int tests, int explanations, int repairs)
    {
        ScriptedChatClient model = CodeScript.Failing();

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), """{"flow":"act-debug"}""", calls);

        Assert.Equal(calls, model.Calls.Count);
        Assert.Equal(
            (plans, tests, explanations, repairs),
            (CodeScript.Count(model, CodeScript.Plan), CodeScript.Count(model, CodeScript.Test), CodeScript.Count(model, CodeScript.Explain), CodeScript.Count(model, CodeScript.Repair)));
        Assert.NotNull(result.Answer);
    }

    [Fact]
    public async Task Debug_NoVisibleTests_IsTheCoderAlone()
    {
        ScriptedChatClient model = CodeScript.Failing();
        FakeRunner runner = FakeRunner.Failing();

        ReasoningResult result = await CodeScript.RunAsync(model, FakeRunner.Of(runner), "{}", task: ReasoningTask.FromQuestion("Write a Python function f that doubles its argument."));

        Assert.Equal((1, 0), (model.Calls.Count, runner.Runs));
        Assert.Equal(0, result.Answer!.Details["visibleTests"]);
    }

    [Fact]
    public async Task Debug_TestsInTheSettings_ReplaceThoseOfTheQuestion()
    {
        ScriptedChatClient model = CodeScript.Failing();

        await CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), """{"flow":"debug","maxRepairs":1,"tests":["f(9) == 18"]}""");

        Assert.Contains("f(9) gave 5, expected 18", Assert.Single(CodeScript.Prompts(model, CodeScript.Repair)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_NoRunnerForTheLanguage_IsRefusedBeforeAnyCall()
    {
        ScriptedChatClient model = CodeScript.Failing();

        AgentsException error = await Assert.ThrowsAnyAsync<AgentsException>(() => CodeScript.RunAsync(model, new CodeRunners([]), "{}"));

        Assert.Contains("There is no runner for Python.", error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }

    [Theory]
    [InlineData("""{"flow":"fast"}""", "flow")]
    [InlineData("""{"traceCap":1}""", "traceCap is 1, it must lie in 2 … 1000")]
    [InlineData("""{"maxRepairs":-1,"valueCap":3}""", "maxRepairs is -1, it must lie in 0 … 100; valueCap is 3, it must lie in 10 … 10000")]
    [InlineData("""{"maxTesterFixes":21}""", "maxTesterFixes is 21")]
    [InlineData("""{"timeoutSeconds":0}""", "timeoutSeconds is 0")]
    [InlineData("""{"tests":[]}""", "tests has 0 entries")]
    [InlineData("""{"tests":["f(3) is 6"]}""", "the test 'f(3) is 6' is not of the form 'f(3) == 6'")]
    [InlineData("""{"repairs":1}""", "there is no 'repairs'")]
    public async Task Settings_ThatDoNotFit_AreNamed(string settings, string part)
    {
        ScriptedChatClient model = CodeScript.Failing();

        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(() => CodeScript.RunAsync(model, FakeRunner.Of(FakeRunner.Failing()), settings));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Empty(model.Calls);
    }
}
