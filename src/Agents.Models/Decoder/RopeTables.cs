using System.Collections.Immutable;
using System.Numerics;

namespace Agents.Models.Decoder;

/// <summary>The rotary tables of a model: one per distinct head size, found by layer.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class RopeTables<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ImmutableArray<RopeTable<T>> _byLayer;

    /// <summary>Computes the tables of a model.</summary>
    /// <param name="shape">Architecture and sizes.</param>
    /// <param name="positions">Number of positions; the context length of the shape when null.</param>
    public RopeTables(ModelShape shape, int? positions = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Positions = positions ?? shape.ContextLength;
        Dictionary<int, RopeTable<T>> bySize = [];
        foreach (LayerShape layer in shape.Layers)
        {
            if (!bySize.ContainsKey(layer.HeadSize))
            {
                bySize[layer.HeadSize] = new RopeTable<T>(shape.RopeTheta, shape.RopeScaling, layer.HeadSize, Positions);
            }
        }

        _byLayer = [.. shape.Layers.Select(layer => bySize[layer.HeadSize])];
    }

    /// <summary>Gets the number of positions of every table.</summary>
    public int Positions { get; private set; }

    /// <summary>Gets the table of a layer.</summary>
    /// <param name="layer">Index of the layer.</param>
    public RopeTable<T> this[int layer] => _byLayer[layer];

    /// <summary>Makes every table at least so long, doubling; views taken before become invalid. Not safe beside readers.</summary>
    /// <param name="positions">Positions that must be there.</param>
    public void Reserve(int positions)
    {
        if (positions <= Positions)
        {
            return;
        }

        Positions = (int)Math.Max(positions, Math.Min(2L * Positions, int.MaxValue));
        foreach (RopeTable<T> table in _byLayer.Distinct())
        {
            table.Reserve(Positions);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RopeTable<T> table in _byLayer.Distinct())
        {
            table.Dispose();
        }
    }
}
