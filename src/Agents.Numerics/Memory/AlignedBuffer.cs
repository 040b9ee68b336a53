using System.Runtime.InteropServices;

namespace Agents.Numerics.Memory;

/// <summary>Unmanaged memory aligned to 64 bytes (one cache line, one AVX-512 register), zeroed at creation unless told otherwise. Buffers of 2 MiB and more ask for huge pages.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;
    private T* _data;

    /// <summary>Allocates a buffer.</summary>
    /// <param name="length">Number of elements; 0 is allowed.</param>
    /// <param name="clear">Whether all elements are 0 at first. Buffers of 2 MiB and more are, in any case where the system provides them so.</param>
    /// <param name="huge">Whether a large buffer asks for huge pages; without them only what is touched becomes resident, in steps of a small page.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public AlignedBuffer(long length, bool clear = true, bool huge = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint bytes = checked((nuint)length * (nuint)sizeof(T));
        if (IsHuge(bytes))
        {
            _data = (T*)HugePages.Allocate(bytes, huge);
        }
        else
        {
            _data = (T*)NativeMemory.AlignedAlloc(Math.Max(bytes, 1), Alignment);
            if (clear)
            {
                NativeMemory.Clear(_data, bytes);
            }
        }

        Length = length;
        GC.AddMemoryPressure((long)Math.Max(bytes, 1));
        UnmanagedMemory.Allocated((long)bytes);
    }

    /// <summary>Frees memory that was not disposed.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>Gets the number of elements.</summary>
    public long Length { get; }

    /// <summary>Gets the first element.</summary>
    /// <exception cref="ObjectDisposedException">The buffer is disposed.</exception>
    public T* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return _data;
        }
    }

    /// <summary>Gets all elements as a span.</summary>
    /// <exception cref="OverflowException">The buffer has more than <see cref="int.MaxValue"/> elements.</exception>
    public Span<T> Span => new(Data, checked((int)Length));

    /// <summary>Sets all elements to zero.</summary>
    public void Clear() => NativeMemory.Clear(Data, checked((nuint)Length * (nuint)sizeof(T)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static bool IsHuge(nuint bytes) => HugePages.IsSupported && bytes >= HugePages.Bytes;

    private void Free()
    {
        T* data = _data;
        _data = null;
        if (data != null)
        {
            nuint bytes = (nuint)Length * (nuint)sizeof(T);
            if (IsHuge(bytes))
            {
                HugePages.Free(data, bytes);
            }
            else
            {
                NativeMemory.AlignedFree(data);
            }

            GC.RemoveMemoryPressure(Math.Max(Length * sizeof(T), 1));
            UnmanagedMemory.Freed(Length * sizeof(T));
        }
    }
}
