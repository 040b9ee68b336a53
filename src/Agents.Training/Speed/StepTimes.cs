namespace Agents.Training.Speed;

/// <summary>Sums up how long the phases of training steps take. A trainer that is given one reads the clock a few times per layer; nothing is allocated.</summary>
/// <param name="time">Clock.</param>
public sealed class StepTimes(TimeProvider time)
{
    private readonly long[] _ticks = new long[(int)StepPhase.Optimizer + 1];

    /// <summary>Returns the time spent in a phase since the last <see cref="Clear"/>.</summary>
    /// <param name="phase">The phase.</param>
    public TimeSpan Of(StepPhase phase) => time.GetElapsedTime(0, _ticks[(int)phase]);

    /// <summary>Forgets all times.</summary>
    public void Clear() => Array.Clear(_ticks);

    /// <summary>Reads the clock.</summary>
    internal long Now() => time.GetTimestamp();

    /// <summary>Counts the time since a reading and reads the clock.</summary>
    internal long Add(StepPhase phase, long since)
    {
        long now = time.GetTimestamp();
        _ticks[(int)phase] += now - since;
        return now;
    }
}
