using System.Text.Json;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Plugins.CodePipeline.Sandboxing;

/// <summary>
/// Runs programs through a runner process in the sandbox: one process per program, killed after it. A test that takes too long ends the process, and the tests after it get a new one. At most as many
/// processes as processors run at once.
/// </summary>
internal abstract class SandboxedRunner : ICodeRunner
{
    private const int MaximumRestarts = 3;
    private const int MaximumProgram = 200_000;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    // What the runner itself may need beyond the program's own time, before it counts as hanging.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly SemaphoreSlim Places = new(Math.Max(2, Environment.ProcessorCount));

    /// <inheritdoc/>
    public abstract CodeLanguage Language { get; }

    /// <inheritdoc/>
    public abstract ValueTask RequireAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public async Task<RunReport> RunAsync(string program, IReadOnlyList<CodeTest> tests, RunLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(tests);
        ArgumentNullException.ThrowIfNull(limits);
        if (program.Length > MaximumProgram)
        {
            return RunReport.Failed(tests, TooLong(program));
        }

        await RequireAsync(cancellationToken).ConfigureAwait(false);
        await Places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<CodeTestResult> results = [];
            for (int starts = 0; results.Count < tests.Count; starts++)
            {
                if (starts > MaximumRestarts)
                {
                    results.AddRange(tests.Skip(results.Count).Select(test => new CodeTestResult(test, false, null, "not run: too many tests before it ended the process")));
                    break;
                }

                await RunRestAsync(program, tests, results, limits, cancellationToken).ConfigureAwait(false);
            }

            return new RunReport(results);
        }
        finally
        {
            Places.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<TraceReport> TraceAsync(string program, CodeTest test, RunLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(limits);
        if (program.Length > MaximumProgram)
        {
            return TraceReport.Failed(TooLong(program));
        }

        await RequireAsync(cancellationToken).ConfigureAwait(false);
        await Places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using SandboxProcess process = await StartAsync(cancellationToken).ConfigureAwait(false);
            await process.SendAsync(RunnerMessages.Trace(program, test.Call, limits.Timeout), cancellationToken).ConfigureAwait(false);
            bool started = false;
            while (true)
            {
                (JsonElement? message, string? error) = await ReadAsync(process, started ? limits.Timeout + Grace : null, cancellationToken).ConfigureAwait(false);
                if (message is not { } answer)
                {
                    return TraceReport.Failed(error ?? $"the traced run did not end within {limits.Timeout.TotalSeconds:0.##} s");
                }

                if (RunnerMessages.Text(answer, "failed") is { } failed)
                {
                    return TraceReport.Failed(failed);
                }

                if (answer.TryGetProperty("trace", out JsonElement trace))
                {
                    return RunnerMessages.Trace(trace) ?? TraceReport.Failed("the runner gave no readable trace");
                }

                if (RunnerMessages.Number(answer, "start") != 0 || started)
                {
                    return TraceReport.Failed("the runner gave no readable trace");
                }

                started = true;
            }
        }
        finally
        {
            Places.Release();
        }
    }

    /// <summary>Starts a runner process.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    protected abstract Task<SandboxProcess> StartAsync(CancellationToken cancellationToken);

    private static string TooLong(string program) => $"the program has {program.Length} characters, at most {MaximumProgram} are run";

    // Adds at least one result: that of the test which ended the process, or those of all tests that are left.
    private async Task RunRestAsync(string program, IReadOnlyList<CodeTest> tests, List<CodeTestResult> results, RunLimits limits, CancellationToken cancellationToken)
    {
        int first = results.Count;
        await using SandboxProcess process = await StartAsync(cancellationToken).ConfigureAwait(false);
        await process.SendAsync(RunnerMessages.Run(program, tests.Skip(first)), cancellationToken).ConfigureAwait(false);
        bool started = false;
        while (results.Count < tests.Count)
        {
            CodeTest test = tests[results.Count];
            (JsonElement? message, string? error) = await ReadAsync(process, started ? limits.Timeout : null, cancellationToken).ConfigureAwait(false);
            if (message is not { } answer)
            {
                results.Add(new CodeTestResult(test, false, null, error ?? $"did not end within {limits.Timeout.TotalSeconds:0.##} s"));
                return;
            }

            if (RunnerMessages.Text(answer, "failed") is { } failed)
            {
                results.AddRange(tests.Skip(results.Count).Select(other => new CodeTestResult(other, false, null, failed)));
            }
            else if (!started && RunnerMessages.Number(answer, "start") == results.Count - first)
            {
                started = true;
            }
            else if (started && RunnerMessages.Number(answer, "test") == results.Count - first)
            {
                results.Add(RunnerMessages.Result(answer, test));
                started = false;
            }
            else
            {
                results.Add(new CodeTestResult(test, false, null, "the program interfered with its runner"));
                return;
            }
        }
    }

    // Only what happens before the program starts can write to standard error: the sandbox, the interpreter, the runtime.
    private static async Task<string> EndAsync(SandboxProcess process, CancellationToken cancellationToken)
    {
        const string Ended = "the process ended (out of memory, endless recursion, or it ended itself)";
        if (!await process.HasEndedAsync(cancellationToken).ConfigureAwait(false))
        {
            return "the program wrote more than its runner may";
        }

        string errors = (await process.ErrorsAsync().WaitAsync(cancellationToken).ConfigureAwait(false)).ReplaceLineEndings("; ");
        return errors.Length == 0 ? Ended : $"{Ended}: {errors}";
    }

    // Without a limit the program has not begun yet. No message and no error: it took too long.
    private static async Task<(JsonElement? Message, string? Error)> ReadAsync(SandboxProcess process, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        reading.CancelAfter(limit ?? StartPatience);
        try
        {
            string? line = await process.ReadLineAsync(reading.Token).ConfigureAwait(false);
            return line is null ? (null, await EndAsync(process, reading.Token).ConfigureAwait(false))
                : RunnerMessages.Read(line) is { } message ? (message, null)
                : (null, "the program interfered with its runner");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, limit is null ? $"the runner did not start within {StartPatience.TotalSeconds:0} s" : null);
        }
    }
}
