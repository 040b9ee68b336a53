using System.Runtime.CompilerServices;

namespace Agents.Numerics.Kernels.Lanes;

/// <summary>Loads and stores of fewer than sixteen elements at the end of a row; nothing outside them is touched.</summary>
internal static unsafe class LaneTail
{
    /// <summary>Loads <paramref name="count"/> elements; the other lanes are 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TLanes Load<TLanes>(float* source, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* lanes = stackalloc float[16];
        for (int lane = 0; lane < 16; lane++)
        {
            lanes[lane] = lane < count ? source[lane] : 0;
        }

        return TLanes.Load(lanes);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TLanes>(TLanes value, float* target, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* lanes = stackalloc float[16];
        TLanes.Store(value, lanes);
        for (int lane = 0; lane < count; lane++)
        {
            target[lane] = lanes[lane];
        }
    }
}
