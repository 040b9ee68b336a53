using System.Runtime.CompilerServices;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.GatedActivation;

/// <summary>σ(z) = 1 / (1 + e^(-z)).</summary>
internal static class Sigmoid
{
    /// <summary>σ per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Of<TLanes>(TLanes z)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        return one / (one + Exponential.Of(TLanes.Broadcast(0f) - z));
    }
}
