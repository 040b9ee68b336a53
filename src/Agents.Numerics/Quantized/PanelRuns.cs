namespace Agents.Numerics.Quantized;

/// <summary>
/// Cuts the panels of a group, one product after the other, into chunks of nearly equal numbers of consecutive panels. Threads take chunks from both ends of the
/// group, so each reads one half of the weights from front to back, and the same half every time.
/// </summary>
internal struct PanelRuns
{
    // Weights that take some microseconds from memory: less is not worth a second thread.
    private const long SmallestChunk = 64 << 10;
    private const int ChunksPerThread = 8;

    private readonly int _granularity;
    private readonly int _units;

    /// <summary>Plans the chunks.</summary>
    /// <param name="products">The group.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <param name="granularity">Panels that stay together.</param>
    public PanelRuns(ReadOnlySpan<QuantizedProduct> products, int threads, int granularity)
    {
        _granularity = granularity;
        long bytes = 0;
        foreach (ref readonly QuantizedProduct product in products)
        {
            _units += Units(product.Weight);
            bytes += product.Weight.Bytes;
        }

        long useful = Math.Max(1, bytes / SmallestChunk);
        Chunks = threads == 1 ? 1 : (int)Math.Min(Math.Min(useful, (long)threads * ChunksPerThread), _units);
    }

    /// <summary>Gets the number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>Returns the part of one product that belongs to a chunk.</summary>
    /// <param name="chunk">Index of the chunk.</param>
    /// <param name="weight">Weight of the product.</param>
    /// <param name="before">Units of the products before it; receives the sum with this one.</param>
    /// <param name="firstPanel">Receives the first panel.</param>
    /// <returns>The number of panels; 0 or less when the chunk has none.</returns>
    public readonly int Part(int chunk, QuantizedMatrix weight, ref int before, out int firstPanel)
    {
        int from = (int)((long)_units * chunk / Chunks) - before;
        int to = (int)((long)_units * (chunk + 1) / Chunks) - before;
        int units = Units(weight);
        before += units;
        firstPanel = Math.Clamp(from, 0, units) * _granularity;
        return Math.Min(Math.Clamp(to, 0, units) * _granularity, weight.Panels) - firstPanel;
    }

    private readonly int Units(QuantizedMatrix weight) => (weight.Panels + _granularity - 1) / _granularity;
}
