using System.Numerics;
using Agents.Numerics.Memory;

namespace Agents.Models.Decoder;

/// <summary>
/// Cosines and sines of the rotary angles, [positions, head size]: half cosines, then half sines per position (papers/00-model-architecture §3).
/// Angles are computed in double whatever <typeparamref name="T"/> is.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class RopeTable<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _values;

    /// <summary>Computes the table.</summary>
    /// <param name="theta">Base of the frequencies, above 1.</param>
    /// <param name="scaling">How frequencies are stretched.</param>
    /// <param name="headSize">Width of a head, even.</param>
    /// <param name="positions">Number of positions.</param>
    /// <exception cref="ArgumentException">A size makes no sense, or the number of divisors is not half the head size.</exception>
    public RopeTable(double theta, RopeScaling scaling, int headSize, int positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        double[] frequencies = RopeFrequencies.Compute(theta, scaling, headSize);
        double magnitude = RopeFrequencies.Magnitude(scaling);
        HeadSize = headSize;
        Positions = positions;
        _values = new AlignedBuffer<T>((long)positions * headSize);
        int half = headSize / 2;
        for (int position = 0; position < positions; position++)
        {
            T* row = _values.Data + ((long)position * headSize);
            for (int j = 0; j < half; j++)
            {
                (double sine, double cosine) = Math.SinCos(position * frequencies[j]);
                row[j] = T.CreateTruncating(cosine * magnitude);
                row[half + j] = T.CreateTruncating(sine * magnitude);
            }
        }
    }

    /// <summary>Gets the width of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Gets the number of positions.</summary>
    public int Positions { get; }

    /// <summary>Gets the table, [positions, head size].</summary>
    public MatrixView<T> CosSin => new(_values.Data, Positions, HeadSize);

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();
}
