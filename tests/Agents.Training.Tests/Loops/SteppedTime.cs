namespace Agents.Training.Tests.Loops;

/// <summary>A clock that moves by one second whenever it is read.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks += TimeSpan.TicksPerSecond;
}
