namespace Agents.Numerics.Quantized;

/// <summary>How the rows that meet a quantized weight are rounded: what llama.cpp's CPU backend does, so that both give the same answers.</summary>
public enum ActivationFormat
{
    /// <summary>Single precision, for F16 and BF16 weights.</summary>
    Single = 0,

    /// <summary>Blocks of 32: d = max|x|/127, q = round to nearest even of x·(127/max|x|), d rounded to half. For Q4_0, Q5_0, Q8_0, IQ4_NL.</summary>
    Block32 = 1,

    /// <summary>As <see cref="Block32"/>, and per block s = d·Σq with the unrounded d, rounded to half. For Q4_1, Q5_1.</summary>
    Block32WithSum = 2,

    /// <summary>Blocks of 256: i = −127/v with v the value of largest magnitude (the first one wins), q = min(127, round to nearest even of i·x), d = 1/i in single precision. For k-quants and ternary formats.</summary>
    Block256 = 3,
}
