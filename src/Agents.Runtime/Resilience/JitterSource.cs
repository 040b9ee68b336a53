namespace Agents.Runtime.Resilience;

/// <summary>Uniform numbers for the jitter of waits, from a seeded stream. Thread-safe.</summary>
internal sealed class JitterSource(ulong seed)
{
    private readonly Lock _gate = new();
    private SampleStream _stream = new(seed);

    /// <summary>Draws a number in [0, 1).</summary>
    public double Next()
    {
        lock (_gate)
        {
            return _stream.NextUnit();
        }
    }
}
