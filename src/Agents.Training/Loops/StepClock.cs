using Agents.Training.Progress;
using Agents.Training.Rollouts;

namespace Agents.Training.Loops;

/// <summary>Measures where the time of one step after the other goes.</summary>
/// <param name="time">Clock.</param>
internal sealed class StepClock(TimeProvider time)
{
    private long _begun = time.GetTimestamp();
    private long _mark;
    private TimeSpan _publishing;
    private TimeSpan _waiting;
    private TimeSpan _storing;
    private TimeSpan _stored;

    /// <summary>Starts to measure a part.</summary>
    public void Mark() => _mark = time.GetTimestamp();

    /// <summary>The part was the publishing of weights.</summary>
    public void Published() => _publishing += time.GetElapsedTime(_mark);

    /// <summary>The part was waiting for groups.</summary>
    public void Waited() => _waiting += time.GetElapsedTime(_mark);

    /// <summary>The part was a checkpoint; it counts for the next step.</summary>
    public void Stored() => _stored += time.GetElapsedTime(_mark);

    /// <summary>Ends a step.</summary>
    /// <param name="work">What it took to make its batch.</param>
    /// <param name="backward">Time in passes and updates.</param>
    public ReinforcementTimes End(BatchWork work, TimeSpan backward)
    {
        long now = time.GetTimestamp();
        ReinforcementTimes times = new(
            work.Sampling.TotalSeconds, work.Scoring.TotalSeconds, _waiting.TotalSeconds, backward.TotalSeconds, _publishing.TotalSeconds, _storing.TotalSeconds,
            time.GetElapsedTime(_begun, now).TotalSeconds, work.Tokens);
        _begun = now;
        _publishing = default;
        _waiting = default;
        _storing = default;
        return times;
    }

    /// <summary>Begins a step.</summary>
    public void Begin() => (_storing, _stored) = (_stored, default);
}
