namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Eight doubles side by side, for sums that floats cannot hold (vocabularies, norms). All widths give the same bits.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal unsafe interface IDoubleLanes<TSelf>
    where TSelf : unmanaged, IDoubleLanes<TSelf>
{
    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>All lanes equal.</summary>
    static abstract TSelf Broadcast(double value);

    /// <summary>Reads eight floats.</summary>
    static abstract TSelf Widen(float* source);

    /// <summary>Writes eight floats, rounded to nearest.</summary>
    static abstract void Narrow(TSelf value, float* target);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Per lane: <paramref name="yes"/> where left &lt; right, else <paramref name="no"/>.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf yes, TSelf no);

    /// <summary>Adds the low bits of <paramref name="steps"/>, taken as an integer, to the exponent field of <paramref name="value"/>.</summary>
    static abstract TSelf AddExponent(TSelf value, TSelf steps);

    /// <summary>Lane 0.</summary>
    static abstract double First(TSelf value);

    /// <summary>Adds lane i + 4 to lane i, then i + 2, i + 1; returns lane 0.</summary>
    static abstract double Fold(TSelf value);
}
