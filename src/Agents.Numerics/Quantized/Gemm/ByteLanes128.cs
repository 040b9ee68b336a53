using System.Runtime.Intrinsics;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Unpacking with portable 128-bit vectors.</summary>
internal readonly unsafe struct ByteLanes128 : IByteLanes<Vector128<byte>>
{
    /// <inheritdoc/>
    public static int Count => Vector128<byte>.Count;

    /// <inheritdoc/>
    public static Vector128<byte> Load(byte* source) => Vector128.Load(source);

    /// <inheritdoc/>
    public static void Store(Vector128<byte> value, byte* target) => value.Store(target);

    /// <inheritdoc/>
    public static Vector128<byte> Fill(byte value) => Vector128.Create(value);

    /// <inheritdoc/>
    public static Vector128<byte> Repeat(byte* source) => Vector128.Load(source);

    /// <inheritdoc/>
    public static Vector128<byte> And(Vector128<byte> a, Vector128<byte> b) => a & b;

    /// <inheritdoc/>
    public static Vector128<byte> Or(Vector128<byte> a, Vector128<byte> b) => a | b;

    /// <inheritdoc/>
    public static Vector128<byte> Add(Vector128<byte> a, Vector128<byte> b) => a + b;

    /// <inheritdoc/>
    public static Vector128<byte> Subtract(Vector128<byte> a, Vector128<byte> b) => a - b;

    /// <inheritdoc/>
    public static Vector128<byte> AtLeast(Vector128<byte> a, Vector128<byte> b) => Vector128.GreaterThanOrEqual(a, b);

    /// <inheritdoc/>
    public static Vector128<byte> ShiftRight(Vector128<byte> value, int bits) => (value.AsUInt32() >> bits).AsByte();

    /// <inheritdoc/>
    public static Vector128<byte> ShiftLeft(Vector128<byte> value, int bits) => (value.AsUInt32() << bits).AsByte();

    /// <inheritdoc/>
    public static Vector128<byte> Pick(Vector128<byte> table, Vector128<byte> indices) => Vector128.ShuffleNative(table, indices);
}
