namespace Agents.Numerics.Kernels;

/// <summary>Instruction level of the vector kernels. All levels produce the same bits (one fused multiply-add chain per output).</summary>
public enum KernelPath
{
    /// <summary>The fastest level that this machine supports.</summary>
    Auto = 0,

    /// <summary>Portable 128-bit vectors; runs everywhere.</summary>
    Portable = 1,

    /// <summary>256-bit AVX2 with FMA.</summary>
    Avx2 = 2,

    /// <summary>512-bit AVX-512 (F, BW, DQ, VL).</summary>
    Avx512 = 3,
}
