namespace Agents.Numerics.Threading;

/// <summary>Settings of a <see cref="ComputePool"/>.</summary>
public sealed class ComputePoolOptions
{
    /// <summary>Longest time that an idle worker may spin.</summary>
    public static readonly TimeSpan LongestSpin = TimeSpan.FromMicroseconds(50);

    /// <summary>Gets the number of threads that work on one run, the caller included.</summary>
    /// <value>0 by default: the number of physical cores this process may use.</value>
    public int Threads { get; init; }

    /// <summary>Gets how long an idle worker polls for the next run before it parks.</summary>
    /// <value>50 µs by default, which is also the maximum. 0 parks at once.</value>
    public TimeSpan Spin { get; init; } = LongestSpin;

    /// <summary>Checks all values and reports all failures at once.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        List<string> failures = [];
        if (Threads is < 0 or > ComputePool.MaximumThreads)
        {
            failures.Add($"{nameof(Threads)} is {Threads}; expected 0 (all physical cores) to {ComputePool.MaximumThreads}");
        }

        if (Spin < TimeSpan.Zero || Spin > LongestSpin)
        {
            failures.Add($"{nameof(Spin)} is {Spin.TotalMicroseconds} µs; expected 0 to {LongestSpin.TotalMicroseconds} µs");
        }

        if (failures.Count > 0)
        {
            throw new ArgumentException($"Invalid {nameof(ComputePoolOptions)}: {string.Join("; ", failures)}.");
        }
    }
}
