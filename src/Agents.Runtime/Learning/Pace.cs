namespace Agents.Runtime.Learning;

/// <summary>Measures tokens per second between the steps of this process.</summary>
/// <param name="time">Clock.</param>
internal sealed class Pace(TimeProvider time)
{
    private (long Tokens, long At)? _last;
    private long _tokens;
    private double _seconds;

    /// <summary>Gets the pace; 0 before two steps were seen.</summary>
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

    /// <summary>Leaves out what lies between the last step and the next: another training begins, which counts its tokens anew.</summary>
    public void Pause() => _last = null;
}
