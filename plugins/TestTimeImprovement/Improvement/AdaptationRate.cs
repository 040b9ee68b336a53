namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>How often inputs were improved in the last minute, over all requests. Safe for concurrent calls.</summary>
public sealed class AdaptationRate
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Queue<long> _taken = new();

    /// <summary>Takes a place where there is one.</summary>
    /// <param name="limit">Most per minute; null for no limit, which counts nothing.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(int? limit, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (limit is not { } most)
        {
            return true;
        }

        lock (_gate)
        {
            long now = time.GetTimestamp();
            while (_taken.TryPeek(out long oldest) && time.GetElapsedTime(oldest, now) >= Window)
            {
                _taken.Dequeue();
            }

            if (_taken.Count >= most)
            {
                return false;
            }

            _taken.Enqueue(now);
            return true;
        }
    }
}
