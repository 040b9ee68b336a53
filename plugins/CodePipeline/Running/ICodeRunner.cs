namespace Agents.Plugins.CodePipeline.Running;

/// <summary>
/// Runs programs of one language. Programs come from a model: whatever they do is a value in the report, never an exception, and reaches nothing outside of the run.
/// Safe to call at once for several programs.
/// </summary>
public interface ICodeRunner
{
    /// <summary>Gets the language.</summary>
    CodeLanguage Language { get; }

    /// <summary>Checks that programs can be run here at all.</summary>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="CodePipelineException">They cannot: one line with the cause and the way out.</exception>
    ValueTask RequireAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs tests, each on a fresh start of the program as far as the language allows.</summary>
    /// <param name="program">Source text.</param>
    /// <param name="tests">The tests, at least one.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="cancellationToken">Ends the run and its process.</param>
    Task<RunReport> RunAsync(string program, IReadOnlyList<CodeTest> tests, RunLimits limits, CancellationToken cancellationToken = default);

    /// <summary>Runs one call and records the state after every executed basic block of the called function.</summary>
    /// <param name="program">Source text.</param>
    /// <param name="test">The test; its expected value is not looked at.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="cancellationToken">Ends the run and its process.</param>
    Task<TraceReport> TraceAsync(string program, CodeTest test, RunLimits limits, CancellationToken cancellationToken = default);
}
