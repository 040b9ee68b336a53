using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Memory of one group of products: reordered activations and scratch of every thread. Grows, never shrinks.</summary>
internal sealed unsafe class GemmWorkspace : IDisposable
{
    private AlignedBuffer<sbyte> _x = new(0);
    private AlignedBuffer<float> _scales = new(0);
    private AlignedBuffer<int> _negativeSums = new(0);
    private AlignedBuffer<float> _sums = new(0);
    private AlignedBuffer<byte> _scratch = new(0);

    /// <summary>Returns memory for the codes of all rows.</summary>
    public sbyte* X(long length) => Grow(ref _x, length);

    /// <summary>Returns memory for the scales of all rows.</summary>
    public float* Scales(long length) => Grow(ref _scales, length);

    /// <summary>Returns memory for the negative sums of all rows.</summary>
    public int* NegativeSums(long length) => Grow(ref _negativeSums, length);

    /// <summary>Returns memory for scaled sums, or for pairs of sums in words.</summary>
    public float* Sums(long length) => Grow(ref _sums, length);

    /// <summary>Returns memory for the scratch of all threads.</summary>
    public byte* Scratch(long length) => Grow(ref _scratch, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        _x.Dispose();
        _scales.Dispose();
        _negativeSums.Dispose();
        _sums.Dispose();
        _scratch.Dispose();
    }

    private static T* Grow<T>(ref AlignedBuffer<T> buffer, long length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            AlignedBuffer<T> larger = new(length);
            buffer.Dispose();
            buffer = larger;
        }

        return buffer.Data;
    }
}
