namespace Agents.Runtime.Learning;

/// <summary>Measures tokens per second between the first and the last step of this process.</summary>
/// <param name="time">Clock.</param>
internal sealed class Pace(TimeProvider time)
{
    private (long Tokens, long At)? _first;
    private (long Tokens, long At) _last;

    /// <summary>Gets the pace; 0 before two steps were seen.</summary>
    public double PerSecond => _first is { } first && _last.At > first.At ? (_last.Tokens - first.Tokens) / time.GetElapsedTime(first.At, _last.At).TotalSeconds : 0;

    /// <summary>Sees a step.</summary>
    /// <param name="tokens">Tokens of the run so far.</param>
    public void Add(long tokens)
    {
        _last = (tokens, time.GetTimestamp());
        _first ??= _last;
    }
}
