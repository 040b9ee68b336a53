namespace Agents.Runtime.Resilience;

/// <summary>How calls to a remote model are protected. Defaults suit a hosted endpoint.</summary>
public sealed record ResilienceOptions
{
    /// <summary>Gets how often a failed call is tried again. Default 3, range 0 to 10. A stream is tried again only before its first token.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Gets the wait before the first retry; it doubles each time, with jitter. Default 0.5 s.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Gets the longest wait between attempts. Default 30 s.</summary>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the longest wait a server may ask for (Retry-After). Default 2 minutes; a server that asks for more gets no retry.</summary>
    public TimeSpan MaximumRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the time limit of one attempt; for a stream, of its first token. Default 100 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets how many calls run at once; others wait, retries' waits included. Default 8, range 1 to 1024.</summary>
    public int ConcurrentCalls { get; init; } = 8;

    /// <summary>Gets the share of failing attempts that opens the circuit. Default 0.5, range (0, 1].</summary>
    public double BreakerFailureRatio { get; init; } = 0.5;

    /// <summary>Gets how many attempts the circuit must have seen before it judges. Default 20, at least 2.</summary>
    public int BreakerMinimumAttempts { get; init; } = 20;

    /// <summary>Gets the span over which attempts are counted. Default 30 s, at least 0.5 s.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long an open circuit refuses calls. Default 15 s, at least 0.5 s.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets the seed of the jitter. Default 0.</summary>
    public ulong JitterSeed { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                broken.Add(sentence);
            }
        }

        TimeSpan day = TimeSpan.FromDays(1);
        Require(Retries is >= 0 and <= 10, $"retries is {Retries}, it must lie in 0 … 10");
        Require(BaseDelay >= TimeSpan.Zero && BaseDelay <= day, $"the base delay is {BaseDelay.TotalSeconds} s, it must lie in 0 s … 1 day");
        Require(MaximumDelay >= BaseDelay && MaximumDelay <= day, $"the maximum delay is {MaximumDelay.TotalSeconds} s, it must lie between the base delay and 1 day");
        Require(MaximumRetryAfter >= TimeSpan.Zero && MaximumRetryAfter <= day, $"the maximum retry-after is {MaximumRetryAfter.TotalSeconds} s, it must lie in 0 s … 1 day");
        Require(AttemptTimeout >= TimeSpan.FromMilliseconds(10) && AttemptTimeout <= day, $"the attempt timeout is {AttemptTimeout.TotalSeconds} s, it must lie in 0.01 s … 1 day");
        Require(ConcurrentCalls is >= 1 and <= 1024, $"concurrent calls is {ConcurrentCalls}, it must lie in 1 … 1024");
        Require(BreakerFailureRatio is > 0 and <= 1, $"the breaker's failure ratio is {BreakerFailureRatio}, it must lie in (0, 1]");
        Require(BreakerMinimumAttempts >= 2, $"the breaker's minimum is {BreakerMinimumAttempts} attempts, it must be at least 2");
        Require(BreakerWindow >= TimeSpan.FromSeconds(0.5) && BreakerWindow <= day, $"the breaker's window is {BreakerWindow.TotalSeconds} s, it must lie in 0.5 s … 1 day");
        Require(BreakerPause >= TimeSpan.FromSeconds(0.5) && BreakerPause <= day, $"the breaker's pause is {BreakerPause.TotalSeconds} s, it must lie in 0.5 s … 1 day");
        if (broken.Count > 0)
        {
            throw new ArgumentException("The resilience options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
