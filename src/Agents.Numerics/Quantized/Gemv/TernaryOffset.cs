using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>What the offset 1 of stored trits adds to a dot product.</summary>
internal static unsafe class TernaryOffset
{
    /// <summary>Σq over a block of 256.</summary>
    /// <param name="sums">[16].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(int* sums) =>
        Vector128.Sum(Vector128.Load(sums) + Vector128.Load(sums + 4) + Vector128.Load(sums + 8) + Vector128.Load(sums + 12));
}
