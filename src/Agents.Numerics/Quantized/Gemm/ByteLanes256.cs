using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>Unpacking with AVX2.</summary>
internal readonly unsafe struct ByteLanes256 : IByteLanes<Vector256<byte>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<byte>.Count;

    /// <inheritdoc/>
    public static Vector256<byte> Load(byte* source) => Vector256.Load(source);

    /// <inheritdoc/>
    public static void Store(Vector256<byte> value, byte* target) => value.Store(target);

    /// <inheritdoc/>
    public static Vector256<byte> Fill(byte value) => Vector256.Create(value);

    /// <inheritdoc/>
    public static Vector256<byte> Repeat(byte* source) => Vector256.Create(Vector128.Load(source));

    /// <inheritdoc/>
    public static Vector256<byte> And(Vector256<byte> a, Vector256<byte> b) => a & b;

    /// <inheritdoc/>
    public static Vector256<byte> Or(Vector256<byte> a, Vector256<byte> b) => a | b;

    /// <inheritdoc/>
    public static Vector256<byte> Add(Vector256<byte> a, Vector256<byte> b) => a + b;

    /// <inheritdoc/>
    public static Vector256<byte> Subtract(Vector256<byte> a, Vector256<byte> b) => a - b;

    /// <inheritdoc/>
    public static Vector256<byte> AtLeast(Vector256<byte> a, Vector256<byte> b) => Vector256.GreaterThanOrEqual(a, b);

    /// <inheritdoc/>
    public static Vector256<byte> ShiftRight(Vector256<byte> value, int bits) => (value.AsUInt32() >> bits).AsByte();

    /// <inheritdoc/>
    public static Vector256<byte> ShiftLeft(Vector256<byte> value, int bits) => (value.AsUInt32() << bits).AsByte();

    /// <inheritdoc/>
    public static Vector256<byte> Pick(Vector256<byte> table, Vector256<byte> indices) => Avx2.Shuffle(table, indices);
}
