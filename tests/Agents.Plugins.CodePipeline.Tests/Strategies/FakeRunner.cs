using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Tests.Strategies;

/// <summary>A runner whose results are decided by the program's text: nothing is executed. Counts what it is asked.</summary>
/// <param name="passes">Whether a program passes a test.</param>
internal sealed class FakeRunner(Func<string, CodeTest, bool> passes) : ICodeRunner
{
    private int _runs;
    private int _traces;

    public int Runs => _runs;

    public int Traces => _traces;

    public TraceReport Trace { get; init; } = new([new BlockVisit(0, 1, 2, "a = 1; b = 2", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" })], 1, "2");

    public CodeLanguage Language => CodeLanguage.Python;

    public static CodeRunners Of(FakeRunner runner) => new([runner]);

    public static FakeRunner Failing() => new((_, _) => false);

    public ValueTask RequireAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public Task<RunReport> RunAsync(string program, IReadOnlyList<CodeTest> tests, RunLimits limits, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _runs);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new RunReport([.. tests.Select(test => passes(program, test) ? new CodeTestResult(test, true, test.Expected) : new CodeTestResult(test, false, "5"))]));
    }

    public Task<TraceReport> TraceAsync(string program, CodeTest test, RunLimits limits, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _traces);
        return Task.FromResult(Trace);
    }
}
