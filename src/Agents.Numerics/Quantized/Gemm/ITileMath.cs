namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The instructions of a tile kernel at one register width. Implementations are empty structs, so calls are inlined.</summary>
/// <typeparam name="TVector">Register of 32-bit lanes, one per row of the panel.</typeparam>
internal unsafe interface ITileMath<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of lanes; divides 16.</summary>
    static abstract int Lanes { get; }

    /// <summary>Gets whether codes of more than 6 bits must be split into nibbles, because sums of their products saturate.</summary>
    static abstract bool SplitsCodes { get; }

    /// <summary>Copies one integer to all lanes.</summary>
    static abstract TVector Fill(int value);

    /// <summary>Loads a register of integers or singles.</summary>
    static abstract TVector Load(void* source);

    /// <summary>Stores a register of integers or singles.</summary>
    static abstract void Store(TVector value, void* target);

    /// <summary>Adds Σ code · q over 16 elements of two tokens, exactly.</summary>
    /// <param name="first">Sums of the first token.</param>
    /// <param name="second">Sums of the second token.</param>
    /// <param name="codes">Unsigned codes [4, 16 rows, 4], from the first row of the register; low nibbles if <paramref name="high"/> is given.</param>
    /// <param name="high">High nibbles; null when there are none.</param>
    /// <param name="wide">Whether the codes have 5 or 6 bits and are not split.</param>
    /// <param name="x">16 activation codes of the first token.</param>
    /// <param name="y">16 activation codes of the second token.</param>
    static abstract void Dot(ref TVector first, ref TVector second, byte* codes, byte* high, bool wide, sbyte* x, sbyte* y);

    /// <summary>Returns sum + Σ a · b over pairs of words.</summary>
    /// <param name="sum">Integers.</param>
    /// <param name="minimums">Minimums of one pair of each row.</param>
    /// <param name="pair">Two words of activation sums.</param>
    static abstract TVector DotPair(TVector sum, short* minimums, short* pair);

    /// <summary>Returns a + b · c of integers.</summary>
    static abstract TVector MultiplyAddIntegers(TVector a, TVector b, TVector c);

    /// <summary>Returns fma(single(value), scale · factor, sum), the product of scales being rounded.</summary>
    static abstract TVector Scale(TVector value, float* scale, float factor, TVector sum);

    /// <summary>Returns fma(scale, factor, sum) of singles.</summary>
    static abstract TVector ScaleConstant(float* scale, float factor, TVector sum);
}
