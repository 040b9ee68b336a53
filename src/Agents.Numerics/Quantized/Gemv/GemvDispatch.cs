using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Chooses the kernel of a type and a path.</summary>
internal static class GemvDispatch
{
    /// <summary>Largest number of rows of one call; more rows are better served by tiles.</summary>
    public const int LargestBatch = 3;

    /// <summary>Returns whether this machine can run a path.</summary>
    /// <param name="path">Instructions.</param>
    public static bool IsSupported(CodePath path) => path switch
    {
        CodePath.Portable => true,
        CodePath.Avx2 => SimdKernels.IsSupported(KernelPath.Avx2),
        CodePath.AvxVnni => SimdKernels.IsSupported(KernelPath.Avx2) && AvxVnni.IsSupported,
        CodePath.Avx512 => SimdKernels.IsSupported(KernelPath.Avx512),
        _ => false,
    };

    /// <summary>Returns the fastest instructions for byte products within an instruction level.</summary>
    /// <param name="path">Instruction level; not <see cref="QuantizedKernelPath.Auto"/>.</param>
    public static CodePath Fastest(QuantizedKernelPath path) => path switch
    {
        QuantizedKernelPath.Assembled or QuantizedKernelPath.Avx512 => CodePath.Avx512,
        QuantizedKernelPath.Avx2 => IsSupported(CodePath.AvxVnni) ? CodePath.AvxVnni : CodePath.Avx2,
        _ => CodePath.Portable,
    };

    /// <summary>Computes the outputs of some panels of a matrix of codes for 1 to 3 rows. The arguments have been checked.</summary>
    /// <param name="path">Instructions.</param>
    /// <param name="x">Rounded rows.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Number of rows, 1 to <see cref="LargestBatch"/>.</param>
    /// <param name="product">Weight, bias and result; the result has one row per row of <paramref name="x"/>.</param>
    /// <param name="firstPanel">First panel.</param>
    /// <param name="panels">Number of panels.</param>
    public static void Run(CodePath path, QuantizedRows x, int row, int rows, in QuantizedProduct product, int firstPanel, int panels)
    {
        switch (path)
        {
            case CodePath.Avx512:
                Run<CodeLanes512, Lanes512>(x, row, rows, product, firstPanel, panels);
                break;
            case CodePath.AvxVnni:
                Run<CodeLanesVnni, Lanes256>(x, row, rows, product, firstPanel, panels);
                break;
            case CodePath.Avx2:
                Run<CodeLanes256, Lanes256>(x, row, rows, product, firstPanel, panels);
                break;
            default:
                Run<CodeLanes128, Lanes128>(x, row, rows, product, firstPanel, panels);
                break;
        }
    }

    private static void Run<TCodes, TFloats>(QuantizedRows x, int row, int rows, in QuantizedProduct product, int firstPanel, int panels)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        switch (product.Weight.Type)
        {
            case ElementType.Q4_0:
                GemvKernel<Q40Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q4_1:
                GemvKernel<Q41Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q5_0:
                GemvKernel<Q50Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q5_1:
                GemvKernel<Q51Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q8_0:
                GemvKernel<Q80Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.IQ4_NL:
                GemvKernel<Iq4NlDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q2_K:
                GemvKernel<Q2KDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q3_K:
                GemvKernel<Q3KDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q4_K:
                GemvKernel<Q4KDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q5_K:
                GemvKernel<Q5KDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.Q6_K:
                GemvKernel<Q6KDot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.TQ1_0:
                GemvKernel<Tq10Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            case ElementType.TQ2_0:
                GemvKernel<Tq20Dot, TCodes, TFloats>.Run(x, row, rows, product, firstPanel, panels);
                break;
            default:
                throw new ArgumentException($"{BlockLayouts.NameOf(product.Weight.Type)} has no blocks of codes.", nameof(product));
        }
    }
}
