namespace Agents.Runtime.Tests.Adaptation;

/// <summary>A clock that goes on by one second with every look at it.</summary>
internal sealed class SteppingClock : TimeProvider
{
    private long _looks;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks);
}
