using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Halves to single precision, a register at a time; how, see <see cref="Formats.Float16Conversion"/>.</summary>
internal static unsafe class HalfLanes
{
    private const float Rebias = 5.192296858534828e33f;
    private const int ShiftedInfinity = 0x7c00 << 13;
    private const int SingleInfinity = 0x7f80_0000;

    // Sign extension leaves copies of the sign above the exponent; this keeps one.
    private const int SignAndMagnitude = unchecked((int)0x8fff_e000);
    private const int Magnitude = 0x0fff_e000;

    /// <summary>Sixteen halves, AVX-512.</summary>
    /// <param name="source">[16].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadSixteen(short* source)
    {
        Vector512<int> shifted = (Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 13) & Vector512.Create(SignAndMagnitude);
        Vector512<int> bits = (shifted.AsSingle() * Vector512.Create(Rebias)).AsInt32();
        Vector512<int> special = Vector512.GreaterThanOrEqual(shifted & Vector512.Create(Magnitude), Vector512.Create(ShiftedInfinity));
        return (bits | (special & Vector512.Create(SingleInfinity))).AsSingle();
    }

    /// <summary>Eight halves, AVX2.</summary>
    /// <param name="source">[8].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(short* source)
    {
        Vector256<int> shifted = (Avx2.ConvertToVector256Int32(source) << 13) & Vector256.Create(SignAndMagnitude);
        Vector256<int> bits = (shifted.AsSingle() * Vector256.Create(Rebias)).AsInt32();
        Vector256<int> special = Vector256.GreaterThanOrEqual(shifted & Vector256.Create(Magnitude), Vector256.Create(ShiftedInfinity));
        return (bits | (special & Vector256.Create(SingleInfinity))).AsSingle();
    }

    /// <summary>Four halves that were sign-extended to 32 bits, any machine.</summary>
    /// <param name="halves">[4].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widen(Vector128<int> halves)
    {
        Vector128<int> shifted = (halves << 13) & Vector128.Create(SignAndMagnitude);
        Vector128<int> bits = (shifted.AsSingle() * Vector128.Create(Rebias)).AsInt32();
        Vector128<int> special = Vector128.GreaterThanOrEqual(shifted & Vector128.Create(Magnitude), Vector128.Create(ShiftedInfinity));
        return (bits | (special & Vector128.Create(SingleInfinity))).AsSingle();
    }
}
