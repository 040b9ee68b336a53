using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>Asks for four lines.</summary>
    /// <param name="address">In the first line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
            Sse.Prefetch0(address + 64);
            Sse.Prefetch0(address + 128);
            Sse.Prefetch0(address + 192);
        }
    }

    /// <summary>Asks for a multiple of four lines.</summary>
    /// <param name="address">In the first line.</param>
    /// <param name="bytes">A multiple of 256.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Many(byte* address, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (byte* end = address + bytes; address != end; address += 256)
            {
                Four(address);
            }
        }
    }
}
