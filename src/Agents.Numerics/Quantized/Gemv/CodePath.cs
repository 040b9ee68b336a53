namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Instructions for products of bytes. All give the same bits.</summary>
internal enum CodePath
{
    /// <summary>Vectors of 128 bits, any machine.</summary>
    Portable = 0,

    /// <summary>AVX2 with FMA.</summary>
    Avx2 = 1,

    /// <summary>AVX2 with the byte products of AVX-VNNI.</summary>
    AvxVnni = 2,

    /// <summary>AVX-512 BW.</summary>
    Avx512 = 3,
}
