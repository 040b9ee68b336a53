namespace Agents.Runtime.Trajectories;

/// <summary>Settings of recording.</summary>
public sealed record TrajectoryRecorderOptions
{
    /// <summary>Gets how many finished requests may wait to be written. Default 256, range 1 to 65,536.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>Gets whether a request waits for room when the queue is full, instead of being left out and counted. Default false: answering never waits.</summary>
    public bool WaitForRoom { get; init; }

    /// <summary>Gets the size in bytes from which on a new file is begun. Default 64 MiB, at least 4 KiB.</summary>
    public long MaximumFileBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Gets what removes private text: it receives every text of a trajectory and returns what may be stored. Tokens of a text that it changed are not stored either.
    /// Default null: texts are stored as they are.
    /// </summary>
    public Func<string, string>? Redact { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is out of range.</exception>
    public void Validate()
    {
        List<string> broken = [];
        if (Capacity is < 1 or > 65_536)
        {
            broken.Add($"the capacity is {Capacity}, it must lie in 1 … 65536");
        }

        if (MaximumFileBytes < 4_096)
        {
            broken.Add($"the maximum file size is {MaximumFileBytes}, it must be at least 4096");
        }

        if (broken.Count > 0)
        {
            throw new ArgumentException("The recording options are invalid: " + string.Join("; ", broken) + ".");
        }
    }
}
