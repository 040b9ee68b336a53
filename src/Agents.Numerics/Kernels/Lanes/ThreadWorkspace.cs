using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Scratch memory of one thread; grows and is kept until the thread ends. Contents last until the thread asks again.</summary>
#pragma warning disable CA1001 // It lives as long as its thread, which nobody disposes; the buffers free themselves.
internal sealed unsafe class ThreadWorkspace
#pragma warning restore CA1001
{
    private const long Granularity = 4096;

    [ThreadStatic]
    private static ThreadWorkspace? t_current;

    private AlignedBuffer<byte> _plan = new(Granularity);
    private AlignedBuffer<byte> _tiles = new(Granularity);

    private ThreadWorkspace()
    {
    }

    /// <summary>Gets the workspace of the calling thread.</summary>
    public static ThreadWorkspace Current => t_current ??= new ThreadWorkspace();

    /// <summary>Memory for what a caller prepares before a parallel run and reads during it.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="count">Number of elements.</param>
    public T* Plan<T>(long count)
        where T : unmanaged => (T*)Grow(ref _plan, checked(count * sizeof(T)));

    /// <summary>Memory for one chunk of a parallel run.</summary>
    /// <param name="count">Number of floats.</param>
    public float* Tiles(long count) => (float*)Grow(ref _tiles, checked(count * sizeof(float)));

    private static byte* Grow(ref AlignedBuffer<byte> buffer, long bytes)
    {
        if (buffer.Length < bytes)
        {
            // Growing by halves keeps a slowly growing context from allocating at every token.
            long length = (Math.Max(bytes, buffer.Length + (buffer.Length / 2)) + Granularity - 1) / Granularity * Granularity;
            AlignedBuffer<byte> larger = new(length);
            buffer.Dispose();
            buffer = larger;
        }

        return buffer.Data;
    }
}
