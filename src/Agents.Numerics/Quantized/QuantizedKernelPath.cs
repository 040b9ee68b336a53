namespace Agents.Numerics.Quantized;

/// <summary>
/// Instruction level of the quantized products. All levels give the same bits. Separate from <see cref="Kernels.KernelPath"/>, because only these products
/// have assembled kernels and because AVX-VNNI belongs to <see cref="Avx2"/> here.
/// </summary>
public enum QuantizedKernelPath
{
    /// <summary>The fastest level that this machine supports.</summary>
    Auto = 0,

    /// <summary>Portable 128-bit vectors; runs everywhere.</summary>
    Portable = 1,

    /// <summary>256-bit AVX2 with FMA, and AVX-VNNI where the processor has it.</summary>
    Avx2 = 2,

    /// <summary>512-bit AVX-512 (F, BW, DQ, VL).</summary>
    Avx512 = 3,

    /// <summary>AVX-512 with VNNI, assembled at run time (<see cref="Assembly.AssemblerSupport"/>); Linux x86-64.</summary>
    Assembled = 4,
}
