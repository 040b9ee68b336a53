using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Unpacking with AVX-512.</summary>
internal readonly unsafe struct ByteLanes512 : IByteLanes<Vector512<byte>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<byte>.Count;

    /// <inheritdoc/>
    public static Vector512<byte> Load(byte* source) => Vector512.Load(source);

    /// <inheritdoc/>
    public static void Store(Vector512<byte> value, byte* target) => value.Store(target);

    /// <inheritdoc/>
    public static Vector512<byte> Fill(byte value) => Vector512.Create(value);

    /// <inheritdoc/>
    public static Vector512<byte> Repeat(byte* source) => Vector512.Create(Vector256.Create(Vector128.Load(source)));

    /// <inheritdoc/>
    public static Vector512<byte> And(Vector512<byte> a, Vector512<byte> b) => a & b;

    /// <inheritdoc/>
    public static Vector512<byte> Or(Vector512<byte> a, Vector512<byte> b) => a | b;

    /// <inheritdoc/>
    public static Vector512<byte> Add(Vector512<byte> a, Vector512<byte> b) => a + b;

    /// <inheritdoc/>
    public static Vector512<byte> Subtract(Vector512<byte> a, Vector512<byte> b) => a - b;

    /// <inheritdoc/>
    public static Vector512<byte> AtLeast(Vector512<byte> a, Vector512<byte> b) => Vector512.GreaterThanOrEqual(a, b);

    /// <inheritdoc/>
    public static Vector512<byte> ShiftRight(Vector512<byte> value, int bits) => (value.AsUInt32() >> bits).AsByte();

    /// <inheritdoc/>
    public static Vector512<byte> ShiftLeft(Vector512<byte> value, int bits) => (value.AsUInt32() << bits).AsByte();

    /// <inheritdoc/>
    public static Vector512<byte> Pick(Vector512<byte> table, Vector512<byte> indices) => Avx512BW.Shuffle(table, indices);
}
