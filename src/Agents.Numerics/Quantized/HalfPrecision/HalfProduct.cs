using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized.Gemv;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Quantized.HalfPrecision;

/// <summary>A group of products with F16 or BF16 weights, cut into runs of panels.</summary>
internal struct HalfProduct : IComputeBody
{
    // Four panels share a row's values in a register.
    private const int Granularity = 4;

    private CodePath _path;
    private MatrixView<float> _x;
    private ProductGroup _group;
    private PanelRuns _runs;
    private int _count;

    /// <summary>Computes a group.</summary>
    /// <param name="runner">Threads.</param>
    /// <param name="path">Instruction level.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="products">The layers; shapes fit.</param>
    public static void Run(LaneRunner runner, QuantizedKernelPath path, MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products)
    {
        HalfProduct body = new()
        {
            _path = GemvDispatch.Fastest(path),
            _x = x,
            _group = ProductGroup.Of(products),
            _runs = new PanelRuns(products, runner.Pool.Threads, Granularity),
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
            int panels = _runs.Part(chunk, _group[i].Weight, ref before, out int firstPanel);
            if (panels > 0)
            {
                Run(_path, _x, _group[i], firstPanel, panels);
            }
        }
    }

    /// <summary>Computes the outputs of some panels.</summary>
    /// <param name="path">Instructions.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="product">Weight, bias and result.</param>
    /// <param name="firstPanel">First panel.</param>
    /// <param name="panels">Number of panels.</param>
    internal static void Run(CodePath path, MatrixView<float> x, in QuantizedProduct product, int firstPanel, int panels)
    {
        switch (path)
        {
            case CodePath.Avx512:
                Run<CodeLanes512, Lanes512>(x, product, firstPanel, panels);
                break;
            case CodePath.AvxVnni:
            case CodePath.Avx2:
                Run<CodeLanes256, Lanes256>(x, product, firstPanel, panels);
                break;
            default:
                Run<CodeLanes128, Lanes128>(x, product, firstPanel, panels);
                break;
        }
    }

    private static void Run<TCodes, TFloats>(MatrixView<float> x, in QuantizedProduct product, int firstPanel, int panels)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        if (product.Weight.Type == ElementType.F16)
        {
            HalfKernel<Float16Weights, TCodes, TFloats>.Run(x, product, firstPanel, panels);
        }
        else
        {
            HalfKernel<BFloat16Weights, TCodes, TFloats>.Run(x, product, firstPanel, panels);
        }
    }
}
