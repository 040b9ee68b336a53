using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Multiplies 1 to 3 rounded rows by a group of weights. A chunk is a range of panels.</summary>
internal struct FewRowsBody : IComputeBody
{
    // Multiply-adds of a chunk that cost some microseconds.
    private const long ChunkWork = 1 << 17;
    private const int ChunksPerThread = 4;

    private QuantizedRows _x;
    private QuantizedProduct[] _products;
    private CodePath _path;
    private int _count;
    private int _panels;
    private int _panelsPerChunk;

    /// <summary>Computes the group.</summary>
    /// <param name="runner">Threads.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="x">Rounded rows, 1 to <see cref="GemvDispatch.LargestBatch"/>.</param>
    /// <param name="products">The layers; shapes fit.</param>
    /// <param name="workspace">Holds the group while threads work on it.</param>
    public static void Run(LaneRunner runner, QuantizedKernelPath path, QuantizedRows x, ReadOnlySpan<QuantizedProduct> products, GemmWorkspace workspace)
    {
        products.CopyTo(workspace.Products);
        try
        {
            FewRowsBody body = new()
            {
                _x = x,
                _products = workspace.Products,
                _path = PathOf(path),
                _count = products.Length,
            };
            foreach (ref readonly QuantizedProduct product in products)
            {
                body._panels += product.Weight.Panels;
            }

            long panelWork = (long)PanelFormat.Rows * x.Columns * x.Rows;
            int threads = runner.Pool.Threads;
            int chunks = threads == 1 ? 1 : (int)Math.Clamp(panelWork * body._panels / ChunkWork, 1, Math.Min(body._panels, threads * ChunksPerThread));
            body._panelsPerChunk = (body._panels + chunks - 1) / chunks;
            runner.Run(ref body, (body._panels + body._panelsPerChunk - 1) / body._panelsPerChunk);
        }
        finally
        {
            Array.Clear(workspace.Products);
        }
    }

    /// <inheritdoc/>
    public readonly void Execute(int chunk, int worker)
    {
        int first = chunk * _panelsPerChunk;
        int end = Math.Min(first + _panelsPerChunk, _panels);
        int before = 0;
        for (int i = 0; i < _count && before < end; i++)
        {
            ref readonly QuantizedProduct product = ref _products[i];
            int panels = product.Weight.Panels;
            int from = Math.Max(first - before, 0);
            int to = Math.Min(end - before, panels);
            if (from < to)
            {
                GemvDispatch.Run(_path, _x, 0, _x.Rows, product, from, to - from);
            }

            before += panels;
        }
    }

    private static CodePath PathOf(QuantizedKernelPath path) => path switch
    {
        QuantizedKernelPath.Avx512 => CodePath.Avx512,
        QuantizedKernelPath.Avx2 => GemvDispatch.IsSupported(CodePath.AvxVnni) ? CodePath.AvxVnni : CodePath.Avx2,
        _ => CodePath.Portable,
    };
}
