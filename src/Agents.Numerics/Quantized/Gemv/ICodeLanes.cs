using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>
/// One element of all 16 rows of a panel: 16 integers of 32 bits, or of 4 unsigned bytes each (codes of 4 consecutive k). Format kernels are written once over
/// this; as every operation is exact, all instruction sets give the same integers.
/// </summary>
/// <remarks>
/// Where no instruction sums 4 byte products at once, <see cref="DotNarrow"/> sums pairs in 16 bits. With activations of −128 … 127 these hold
/// 63 dots of codes up to 2, 42 up to 3, 18 up to 7, 8 up to 15, 4 up to 31 and 2 up to 63 (papers/00-cpu-kernels §3).
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TFloats">Sixteen floats of the same width.</typeparam>
internal unsafe interface ICodeLanes<TSelf, TFloats>
    where TSelf : unmanaged, ICodeLanes<TSelf, TFloats>
    where TFloats : unmanaged, ILanes<TFloats>
{
    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Shifts every 32-bit lane left.</summary>
    static abstract TSelf operator <<(TSelf value, int count);

    /// <summary>Shifts every 32-bit lane right and fills with zeros.</summary>
    static abstract TSelf operator >>>(TSelf value, int count);

    /// <summary>All 32-bit lanes equal.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>Loads 64 bytes.</summary>
    static abstract TSelf Load(byte* source);

    /// <summary>Loads 16 bytes, one per lane, filled with zeros.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>Loads 16 signed bytes, one per lane.</summary>
    static abstract TSelf LoadSignedBytes(byte* source);

    /// <summary>Loads 16 halves and widens them.</summary>
    static abstract TFloats LoadHalves(byte* source);

    /// <summary>Loads 16 numbers in bfloat16 and widens them.</summary>
    static abstract TFloats LoadBrainHalves(byte* source);

    /// <summary>Converts to single precision, rounding to nearest even.</summary>
    static abstract TFloats ToSingle(TSelf value);

    /// <summary>sum + Σ of 4 codes (0 … 255) times 4 activations; <paramref name="x"/> has all lanes equal.</summary>
    static abstract TSelf Dot(TSelf sum, TSelf codes, TSelf x);

    /// <summary>As <see cref="Dot"/> for small codes, into a sum that <see cref="Widen"/> must close in time (see the remarks); it starts from 0.</summary>
    static abstract TSelf DotNarrow(TSelf sum, TSelf codes, TSelf x);

    /// <summary>Adds two sums of <see cref="DotNarrow"/>; both count towards the limit.</summary>
    static abstract TSelf AddNarrow(TSelf left, TSelf right);

    /// <summary>The 32-bit sum of what <see cref="DotNarrow"/> collected.</summary>
    static abstract TSelf Widen(TSelf sum);

    /// <summary>Loads 16 bytes into every 128 bits.</summary>
    static abstract TSelf LoadTable(byte* source);

    /// <summary>Replaces every byte, 0 … 15, by an entry of a table of 16 bytes.</summary>
    static abstract TSelf Lookup(TSelf table, TSelf nibbles);

    /// <summary>Per byte: 1 where the value is above the limit, else 0.</summary>
    static abstract TSelf Exceeds(TSelf value, byte limit);

    /// <summary>Adds byte by byte, modulo 256.</summary>
    static abstract TSelf AddBytes(TSelf left, TSelf right);
}
