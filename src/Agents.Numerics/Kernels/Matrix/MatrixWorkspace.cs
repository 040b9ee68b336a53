using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Memory for the packed operands of one product. Grows, never shrinks.</summary>
internal sealed unsafe class MatrixWorkspace : IDisposable
{
    private AlignedBuffer<float> _strips = new(0);
    private AlignedBuffer<float> _panels = new(0);

    /// <summary>Returns memory for strips of a.</summary>
    /// <param name="length">Number of floats.</param>
    public float* Strips(long length) => Grow(ref _strips, length);

    /// <summary>Returns memory for panels of b.</summary>
    /// <param name="length">Number of floats.</param>
    public float* Panels(long length) => Grow(ref _panels, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        _strips.Dispose();
        _panels.Dispose();
    }

    private static float* Grow(ref AlignedBuffer<float> buffer, long length)
    {
        if (buffer.Length < length)
        {
            AlignedBuffer<float> larger = new(length);
            buffer.Dispose();
            buffer = larger;
        }

        return buffer.Data;
    }
}
