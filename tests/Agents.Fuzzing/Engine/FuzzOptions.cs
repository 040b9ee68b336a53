namespace Agents.Fuzzing.Engine;

/// <summary>How long and how strictly a target is fuzzed.</summary>
public sealed record FuzzOptions
{
    /// <summary>Gets the largest number of inputs. Default none.</summary>
    public long MaximumInputs { get; init; } = long.MaxValue;

    /// <summary>Gets the time after which no further input is started. Default 10 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time after which an input counts as a hang. Default 10 s: far above any honest reading of inputs of this size, even on a busy machine.</summary>
    public TimeSpan HangAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the bytes that reading may allocate per byte of input. Default 16.</summary>
    public int AllocationFactor { get; init; } = 16;

    /// <summary>Gets the largest input. Default 64 KiB.</summary>
    public int MaximumLength { get; init; } = 1 << 16;
}
