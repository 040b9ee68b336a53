using Agents.Numerics.Formats;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>A group of products of few rows, cut into runs of panels.</summary>
internal struct GemvBody : IComputeBody
{
    // A matrix that is larger comes from memory. Where unpacking is cheap, AVX2 keeps up with memory, and reading ahead works better with it (measured).
    private const long CachedBytes = 1 << 20;

    private CodePath _path;
    private QuantizedRows _rows;
    private ProductGroup _group;
    private PanelRuns _runs;
    private int _count;

    /// <summary>Computes a group.</summary>
    /// <param name="runner">Threads.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="x">Rounded rows, 1 to <see cref="GemvDispatch.LargestBatch"/>.</param>
    /// <param name="products">The layers; shapes fit.</param>
    public static void Run(LaneRunner runner, QuantizedKernelPath path, QuantizedRows x, ReadOnlySpan<QuantizedProduct> products)
    {
        GemvBody body = new()
        {
            _path = GemvDispatch.Fastest(path),
            _rows = x,
            _group = ProductGroup.Of(products),
            _runs = new PanelRuns(products, runner.Pool.Threads, 1),
            _count = products.Length,
        };
        runner.Run(ref body, body._runs.Chunks);
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int before = 0;
        for (int i = 0; i < _count; i++)
        {
            QuantizedMatrix weight = _group[i].Weight;
            int panels = _runs.Part(chunk, weight, ref before, out int firstPanel);
            if (panels > 0)
            {
                CodePath path = _path == CodePath.Avx512 && _rows.Rows == 1 && weight.Bytes > CachedBytes && IsCheap(weight.Type) ? CodePath.Avx2 : _path;
                GemvDispatch.Run(path, _rows, 0, _rows.Rows, _group[i], firstPanel, panels);
            }
        }
    }

    private static bool IsCheap(ElementType type) =>
        type is ElementType.Q8_0 or ElementType.Q4_0 or ElementType.Q4_1 or ElementType.Q4_K or ElementType.Q6_K;
}
