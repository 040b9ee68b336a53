using Agents.Plugins.CodePipeline.Running;
using Agents.Programs;
using Agents.Programs.Flow;

namespace Agents.Plugins.CodePipeline.Mini;

/// <summary>
/// Runs programs of the project's mini-language in this process: its interpreter counts steps and bounds every value, so a program can neither hang nor reach anything.
/// <see cref="RunLimits"/> do not apply: steps, not seconds, end a run.
/// </summary>
public sealed class MiniRunner : ICodeRunner
{
    /// <summary>Visits that a traced run keeps, the first and the last; prompts show fewer.</summary>
    private const int MaximumVisits = 1_000;
    private static readonly ProgramLimits Limits = new() { Steps = 2_000 };

    /// <inheritdoc/>
    public CodeLanguage Language => CodeLanguage.Mini;

    /// <inheritdoc/>
    public ValueTask RequireAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public Task<RunReport> RunAsync(string program, IReadOnlyList<CodeTest> tests, RunLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(tests);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(MiniProgram.TryParse(program, out MiniProgram? parsed, out ProgramFailure? failure)
            ? new RunReport([.. tests.Select(test => Run(parsed, test))])
            : RunReport.Failed(tests, failure.Message));
    }

    /// <inheritdoc/>
    public Task<TraceReport> TraceAsync(string program, CodeTest test, RunLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(test);
        cancellationToken.ThrowIfCancellationRequested();
        if (!MiniProgram.TryParse(program, out MiniProgram? parsed, out ProgramFailure? failure))
        {
            return Task.FromResult(TraceReport.Failed(failure.Message));
        }

        if (!ProgramTest.TryParse(Written(test), out ProgramTest? call))
        {
            return Task.FromResult(TraceReport.Failed(Unreadable(test)));
        }

        BlockTrace trace = BlockTracer.Trace(parsed, call.Arguments, Limits, MaximumVisits);
        return Task.FromResult(new TraceReport([.. trace.Visits.Select(Visit)], (int)trace.TotalVisits, trace.Result.Value?.ToString(), trace.Result.Failure?.Message));
    }

    private static CodeTestResult Run(MiniProgram program, CodeTest test)
    {
        if (!ProgramTest.TryParse(Written(test), out ProgramTest? call))
        {
            return new CodeTestResult(test, false, null, Unreadable(test));
        }

        TestOutcome outcome = call.Check(program, Limits);
        return new CodeTestResult(test, outcome.Passed, outcome.Result.Value?.ToString(), outcome.Result.Failure?.Message);
    }

    private static string Written(CodeTest test) => string.Concat(test.Call.Where(letter => letter != ' ')) + "=" + string.Concat(test.Expected.Where(letter => letter != ' '));

    private static string Unreadable(CodeTest test) => $"'{test.Call}' and '{test.Expected}' are no call and value of the mini-language";

    private static Running.BlockVisit Visit(Programs.Flow.BlockVisit visit) =>
        new(visit.BlockId, visit.FirstLine, visit.LastLine, visit.Source, visit.StateAfter) { Outcome = visit.Outcome, Failed = visit.Failed };
}
