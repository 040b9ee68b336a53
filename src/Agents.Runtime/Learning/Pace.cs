namespace Agents.Runtime.Learning;

/// <summary>Measures tokens per second between the steps of this process.</summary>
/// <param name="time">Clock.</param>
internal sealed class Pace(TimeProvider time)
{
    private (long Tokens, long At)? _last;
    private long _tokens;
    private double _seconds;

    /// <summary>Gets the pace; 0 before it could be measured.</summary>
    public double PerSecond => _seconds > 0 ? _tokens / _seconds : 0;

    /// <summary>Sees a step.</summary>
    /// <param name="tokens">Tokens of the training so far.</param>
    public void Add(long tokens)
    {
        long now = time.GetTimestamp();
        if (_last is { } last)
        {
            _tokens += tokens - last.Tokens;
            _seconds += time.GetElapsedTime(last.At, now).TotalSeconds;
        }

        _last = (tokens, now);
    }

    /// <summary>A training begins whose tokens count from zero: its first step is measured, too.</summary>
    public void Begin() => _last = (0, time.GetTimestamp());

    /// <summary>Leaves out what lies between the last step and the next: a training goes on elsewhere in its count.</summary>
    public void Pause() => _last = null;
}
