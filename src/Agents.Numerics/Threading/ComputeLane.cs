namespace Agents.Numerics.Threading;

/// <summary>Who is served first when several callers share a <see cref="ComputePool"/>.</summary>
public enum ComputeLane
{
    /// <summary>Answers somebody who waits (decoding, prefill). Never held back.</summary>
    Foreground = 0,

    /// <summary>Learning and other work nobody waits for: pauses at the next chunk while foreground work is active.</summary>
    Background = 1,
}
