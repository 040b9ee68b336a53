namespace Agents.Numerics.Memory;

/// <summary>Counts what <see cref="AlignedBuffer{T}"/> takes from the operating system, which the garbage collector's own counters do not see.</summary>
public static class UnmanagedMemory
{
    private static long s_allocated;
    private static long s_freed;

    /// <summary>Gets the bytes allocated since the process started.</summary>
    public static long AllocatedBytes => Interlocked.Read(ref s_allocated);

    /// <summary>Gets the bytes in use.</summary>
    public static long BytesInUse => Interlocked.Read(ref s_allocated) - Interlocked.Read(ref s_freed);

    internal static void Allocated(long bytes) => Interlocked.Add(ref s_allocated, bytes);

    internal static void Freed(long bytes) => Interlocked.Add(ref s_freed, bytes);
}
