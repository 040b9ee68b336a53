using System.Diagnostics;
using Agents.Plugins.CodePipeline;
using Agents.Plugins.CodePipeline.Running;

namespace Agents.Benchmarks.Strategies;

/// <summary>A runner that notes what running programs takes, which is no more the strategy's than the model's time is. The inner one must end its runs on the thread that starts them.</summary>
/// <param name="inner">The runner.</param>
internal sealed class MeasuredRunner(ICodeRunner inner) : ICodeRunner
{
    private long _ticks;
    private long _bytes;

    /// <summary>Gets the time of all runs, in microseconds.</summary>
    public double Microseconds => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks)).TotalMicroseconds;

    /// <summary>Gets the bytes that all runs allocated.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public CodeLanguage Language => inner.Language;

    /// <inheritdoc/>
    public ValueTask RequireAsync(CancellationToken cancellationToken = default) => inner.RequireAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<RunReport> RunAsync(string program, IReadOnlyList<CodeTest> tests, RunLimits limits, CancellationToken cancellationToken = default)
    {
        (long start, long before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        return Noted(inner.RunAsync(program, tests, limits, cancellationToken), start, before);
    }

    /// <inheritdoc/>
    public Task<TraceReport> TraceAsync(string program, CodeTest test, RunLimits limits, CancellationToken cancellationToken = default)
    {
        (long start, long before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        return Noted(inner.TraceAsync(program, test, limits, cancellationToken), start, before);
    }

    private Task<T> Noted<T>(Task<T> run, long start, long before)
    {
        Interlocked.Add(ref _bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - start);
        return run.IsCompleted ? run : throw new InvalidOperationException("The run goes on elsewhere, where it is not measured.");
    }
}
