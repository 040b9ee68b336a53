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
    private readonly double[] _frequencies;
    private readonly double _magnitude;
    private AlignedBuffer<T> _values;

    /// <summary>Computes the table.</summary>
    /// <param name="theta">Base of the frequencies, above 1.</param>
    /// <param name="scaling">How frequencies are stretched.</param>
    /// <param name="headSize">Width of a head, even.</param>
    /// <param name="positions">Number of positions.</param>
    /// <exception cref="ArgumentException">A size makes no sense, or the number of divisors is not half the head size.</exception>
    public RopeTable(double theta, RopeScaling scaling, int headSize, int positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        _frequencies = RopeFrequencies.Compute(theta, scaling, headSize);
        _magnitude = RopeFrequencies.Magnitude(scaling);
        HeadSize = headSize;
        Positions = positions;
        _values = Fill(positions);
    }

    /// <summary>Gets the width of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Gets the number of positions.</summary>
    public int Positions { get; private set; }

    /// <summary>Gets the table, [positions, head size].</summary>
    public MatrixView<T> CosSin => new(_values.Data, Positions, HeadSize);

    /// <summary>Makes the table longer; views taken before become invalid. Not safe beside readers.</summary>
    /// <param name="positions">Positions that must be there.</param>
    public void Reserve(int positions)
    {
        if (positions > Positions)
        {
            AlignedBuffer<T> longer = Fill(positions);
            _values.Dispose();
            _values = longer;
            Positions = positions;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private AlignedBuffer<T> Fill(int positions)
    {
        AlignedBuffer<T> values = new((long)positions * HeadSize);
        int half = HeadSize / 2;
        for (int position = 0; position < positions; position++)
        {
            T* row = values.Data + ((long)position * HeadSize);
            for (int j = 0; j < half; j++)
            {
                (double sine, double cosine) = Math.SinCos(position * _frequencies[j]);
                row[j] = T.CreateTruncating(cosine * _magnitude);
                row[half + j] = T.CreateTruncating(sine * _magnitude);
            }
        }

        return values;
    }
}
