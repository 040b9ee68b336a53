using System.Collections.Concurrent;
using System.Diagnostics;

namespace Agents.Benchmarks.Experiments;

/// <summary>Wall and processor time of a training run and the share of its phases. It can be stopped, so that watching a run does not count as part of it.</summary>
internal sealed class PhaseClock
{
    private readonly ConcurrentDictionary<string, long> _phases = new(StringComparer.Ordinal);
    private readonly Stopwatch _wall = new();
    private TimeSpan _processor;
    private TimeSpan _processorAt;

    /// <summary>Gets the seconds that the clock ran.</summary>
    public double Seconds => _wall.Elapsed.TotalSeconds;

    /// <summary>Gets the processor seconds of this process while the clock ran.</summary>
    public double ProcessorSeconds => (_processor + (_wall.IsRunning ? Environment.CpuUsage.TotalTime - _processorAt : TimeSpan.Zero)).TotalSeconds;

    /// <summary>Gets the seconds by phase.</summary>
    public SortedDictionary<string, double> Phases => new(_phases.ToDictionary(phase => phase.Key, phase => phase.Value / (double)Stopwatch.Frequency), StringComparer.Ordinal);

    /// <summary>Starts the clock, or starts it again.</summary>
    public void Start()
    {
        _processorAt = Environment.CpuUsage.TotalTime;
        _wall.Start();
    }

    /// <summary>Stops the clock.</summary>
    public void Stop()
    {
        if (_wall.IsRunning)
        {
            _wall.Stop();
            _processor += Environment.CpuUsage.TotalTime - _processorAt;
        }
    }

    /// <summary>Measures a phase until the result is disposed.</summary>
    /// <param name="phase">Name of the phase.</param>
    public Span Measure(string phase) => new(this, phase, Stopwatch.GetTimestamp());

    /// <summary>A phase under way.</summary>
    internal readonly struct Span(PhaseClock clock, string phase, long began) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            long ticks = Stopwatch.GetTimestamp() - began;
            clock._phases.AddOrUpdate(phase, ticks, (_, sum) => sum + ticks);
        }
    }
}
