namespace Agents.Numerics.Kernels.Lanes;

/// <summary>
/// Sixteen floats side by side: one 512-bit, two 256-bit or four 128-bit vectors. Kernels are written once over this; as every operation acts on each
/// lane alone and rounds once, all widths give the same bits.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Gets a value indicating whether the machine has enough registers for 4 × 4 accumulators of this type.</summary>
    static abstract bool HasLargeTiles { get; }

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>All lanes equal.</summary>
    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    /// <summary>Widens sixteen finite halves or NaNs.</summary>
    static abstract TSelf LoadHalves(ushort* source);

    /// <summary>Converts sixteen signed bytes.</summary>
    static abstract TSelf LoadBytes(sbyte* source);

    static abstract void Store(TSelf value, float* target);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger of each pair; which one is taken when one is not a number is left open.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf SquareRoot(TSelf value);

    /// <summary>Per lane: <paramref name="yes"/> where left &lt; right, else <paramref name="no"/>.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf yes, TSelf no);

    /// <summary>Adds the low bits of <paramref name="steps"/>, taken as an integer, to the exponent field of <paramref name="value"/>.</summary>
    static abstract TSelf AddExponent(TSelf value, TSelf steps);

    /// <summary>Adds lane i + 8 to lane i, then i + 4, i + 2, i + 1; returns lane 0.</summary>
    static abstract float Fold(TSelf value);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TSelf value);
}
