namespace Agents.Numerics.Memory;

/// <summary>
/// Scratch memory for one step: slices are handed out front to back and all given back at once by <see cref="Reset"/>. Every slice starts on a 64-byte
/// boundary. Contents are whatever was there before. Not safe for several threads.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private const long Alignment = 64;
    private readonly AlignedBuffer<byte> _buffer;
    private long _used;

    /// <summary>Allocates the memory.</summary>
    /// <param name="capacity">Size in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public Arena(long capacity) => _buffer = new AlignedBuffer<byte>(capacity);

    /// <summary>Gets the size in bytes.</summary>
    public long Capacity => _buffer.Length;

    /// <summary>Gets the bytes handed out since the last <see cref="Reset"/>, padding included.</summary>
    public long Used => _used;

    /// <summary>Gets the largest value that <see cref="Used"/> ever had: the capacity that would have been enough.</summary>
    public long HighWaterMark { get; private set; }

    /// <summary>Returns the bytes a slice takes, padding included; sums of it size an arena.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="count">Number of elements.</param>
    public static long SizeOf<T>(long count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return checked(((count * sizeof(T)) + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>Hands out a slice.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="count">Number of elements.</param>
    /// <returns>The first element; valid until <see cref="Reset"/> or <see cref="Dispose"/>.</returns>
    /// <exception cref="InvalidOperationException">The arena is exhausted.</exception>
    public T* Take<T>(long count)
        where T : unmanaged
    {
        long size = SizeOf<T>(count);
        if (size > Capacity - _used)
        {
            throw new InvalidOperationException(
                $"The arena is exhausted: {size} bytes wanted, {Capacity - _used} of {Capacity} left. Create it with at least {checked(_used + size)} bytes or call Reset between steps.");
        }

        byte* start = _buffer.Data + _used;
        _used += size;
        HighWaterMark = Math.Max(HighWaterMark, _used);
        return (T*)start;
    }

    /// <summary>Hands out a dense matrix [<paramref name="rows"/>, <paramref name="columns"/>].</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="InvalidOperationException">The arena is exhausted.</exception>
    public MatrixView<T> Matrix<T>(int rows, int columns)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return new MatrixView<T>(Take<T>((long)rows * columns), rows, columns);
    }

    /// <summary>Takes all slices back.</summary>
    public void Reset() => _used = 0;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
