using System.Collections.Immutable;

namespace Agents.Models.Inspection;

/// <summary>The residual stream of one sequence at chosen places.</summary>
public sealed class ActivationRecord
{
    private readonly float[][] _values;

    internal ActivationRecord(ImmutableArray<int> layers, ImmutableArray<int> positions, int width)
    {
        Layers = layers;
        Positions = positions;
        Width = width;
        _values = [.. layers.Select(_ => new float[(long)positions.Length * width])];
    }

    /// <summary>Gets the layers, in the order of the request.</summary>
    public ImmutableArray<int> Layers { get; }

    /// <summary>Gets the positions, ascending.</summary>
    public ImmutableArray<int> Positions { get; }

    /// <summary>Gets the width of the residual stream.</summary>
    public int Width { get; }

    /// <summary>Returns the values of one layer, [positions, width].</summary>
    /// <param name="index">Index into <see cref="Layers"/>.</param>
    public ReadOnlySpan<float> Layer(int index) => _values[index];

    /// <summary>Returns one row.</summary>
    /// <param name="layer">Index into <see cref="Layers"/>.</param>
    /// <param name="position">Index into <see cref="Positions"/>.</param>
    public ReadOnlySpan<float> Row(int layer, int position) => _values[layer].AsSpan(position * Width, Width);

    internal Span<float> WritableRow(int layer, int position) => _values[layer].AsSpan(position * Width, Width);
}
