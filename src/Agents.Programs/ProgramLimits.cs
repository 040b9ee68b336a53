namespace Agents.Programs;

/// <summary>Bounds of one run.</summary>
public sealed record ProgramLimits
{
    /// <summary>Gets the default limits.</summary>
    public static ProgramLimits Default { get; } = new();

    /// <summary>Gets the largest number of steps: executed lines, plus one per list item that is copied.</summary>
    /// <value>Default 10,000.</value>
    public int Steps { get; init; } = 10_000;

    /// <summary>Gets the largest list.</summary>
    /// <value>Default 256 items.</value>
    public int ListItems { get; init; } = 256;

    /// <summary>Gets the largest absolute value of an integer.</summary>
    /// <value>Default 10^12, at most 10^18.</value>
    public long Integer { get; init; } = 1_000_000_000_000;

    internal void Validate()
    {
        if (Steps < 1 || ListItems < 0 || Integer is < 1 or > 1_000_000_000_000_000_000)
        {
            throw new ArgumentException($"Limits must have at least 1 step, no negative list size and an integer bound of [1, 10^18], but are {this}.");
        }
    }
}
