using System.Runtime.CompilerServices;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>
/// e^x with our own polynomials, so that every width, machine and position in a vector gives the same bits.
/// </summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2, then 2ⁿ·(1 + r + r²·q(r)). For floats q has degree 4 (interpolated at Chebyshev points, relative error 1.3e-9 before
/// rounding); for doubles it is the Taylor polynomial, degree 13 in all. Results below the smallest normal number are 0; NaN stays NaN.
/// </remarks>
internal static unsafe class Exponential
{
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
    private const float Rounder = 12582912f;
    private const float Lowest = -87.3f;
    private const float Highest = 88.72283f;

    private const double DoubleRounder = 6755399441055744.0;
    private const double DoubleLowest = -708.3;
    private const double DoubleHighest = 709.78271289338397;

    /// <summary>e^x per lane, within 2 units in the last place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes steps = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.442695041f), TLanes.Broadcast(Rounder));
        TLanes n = steps - TLanes.Broadcast(Rounder);
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-0.693147182f), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(1.90465421e-9f), r);
        TLanes q = TLanes.MultiplyAdd(TLanes.Broadcast(0.00139262131f), r, TLanes.Broadcast(0.00836320315f));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(0.0416665561f));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(0.166665763f));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(0.5f));
        TLanes sum = TLanes.MultiplyAdd(q * r, r, r) + TLanes.Broadcast(1f);
        TLanes inside = TLanes.AddExponent(sum, steps);

        // Written so that a NaN, for which every comparison is false, ends in the branch that adds it to itself.
        TLanes bounded = TLanes.SelectLess(x, TLanes.Broadcast(Highest), inside, x + TLanes.Broadcast(float.PositiveInfinity));
        return TLanes.SelectLess(x, TLanes.Broadcast(Lowest), TLanes.Broadcast(0f), bounded);
    }

    /// <summary>e^x per lane, within 2 units in the last place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes OfDouble<TLanes>(TLanes x)
        where TLanes : unmanaged, IDoubleLanes<TLanes>
    {
        TLanes steps = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.4426950408889634), TLanes.Broadcast(DoubleRounder));
        TLanes n = steps - TLanes.Broadcast(DoubleRounder);
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-0.6931471805599453), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-2.3190468138462996e-17), r);
        TLanes q = TLanes.MultiplyAdd(TLanes.Broadcast(1 / 6227020800.0), r, TLanes.Broadcast(1 / 479001600.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 39916800.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 3628800.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 362880.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 40320.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 5040.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 720.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 120.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 24.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(1 / 6.0));
        q = TLanes.MultiplyAdd(q, r, TLanes.Broadcast(0.5));
        TLanes sum = TLanes.MultiplyAdd(q * r, r, r) + TLanes.Broadcast(1.0);
        TLanes inside = TLanes.AddExponent(sum, steps);
        TLanes bounded = TLanes.SelectLess(x, TLanes.Broadcast(DoubleHighest), inside, x + TLanes.Broadcast(double.PositiveInfinity));
        return TLanes.SelectLess(x, TLanes.Broadcast(DoubleLowest), TLanes.Broadcast(0.0), bounded);
    }

    /// <summary>e^x of one number: the bits that the vector form gives.</summary>
    public static double OfDouble(double x) => DoubleLanes128.First(OfDouble(DoubleLanes128.Broadcast(x)));

    /// <summary>e^x of one number: the bits that the vector form gives.</summary>
    public static float Of(float x)
    {
        float* lanes = stackalloc float[16];
        Lanes128.Store(Of(Lanes128.Broadcast(x)), lanes);
        return lanes[0];
    }
}
