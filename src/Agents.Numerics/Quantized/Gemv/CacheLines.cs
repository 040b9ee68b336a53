using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>
/// Asks for memory before it is needed: the work on a block fills the processor's window, so that its own prefetcher falls behind (half the speed of plain
/// reading was measured without this). Never faults, wherever the address points.
/// </summary>
internal static unsafe class CacheLines
{
    /// <summary>How far ahead of the reader memory is asked for, in bytes of weights.</summary>
    public const int Distance = 8192;

    /// <summary>Asks for one line.</summary>
    /// <param name="address">In the line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void One(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Loads 64 bytes and asks for one line.</summary>
    /// <typeparam name="TCodes">Integer lanes.</typeparam>
    /// <typeparam name="TFloats">Float lanes of the same width.</typeparam>
    /// <param name="source">Bytes to load.</param>
    /// <param name="ahead">In the line to ask for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TCodes Load<TCodes, TFloats>(byte* source, byte* ahead)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>
    {
        One(ahead);
        return TCodes.Load(source);
    }
}
