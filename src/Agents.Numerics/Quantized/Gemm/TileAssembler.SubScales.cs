using Agents.Numerics.Formats;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <content>Unpacking of integer scales at rcx, [12 or 16, 16 rows] bytes, to one integer per row; zmm0 to zmm11 are free.</content>
internal sealed partial class TileAssembler
{
    /// <summary>Gets the bytes of integer scales per row in a block of 256.</summary>
    private int PackedScaleRows => _type switch
    {
        ElementType.Q2_K or ElementType.Q6_K => 16,
        ElementType.Q3_K or ElementType.Q4_K or ElementType.Q5_K => 12,
        _ => 0,
    };

    private void UnpackScale(AssemblerRegisterZMM target, int index)
    {
        switch (_type)
        {
            case ElementType.Q2_K:
                Widen(target, index);
                Mask(target, 15);
                break;
            case ElementType.Q3_K:
                // Low nibbles in bytes 0 to 7, upper pairs in bytes 8 to 11; 32 is the zero.
                Widen(target, index % 8);
                ShiftAndMask(target, index < 8 ? 0 : -4, 15);
                Widen(zmm0, 8 + (index % 4));
                ShiftAndMask(zmm0, 4 - (2 * (index / 4)), 48);
                _code.vpord(target, target, zmm0);
                _code.vpsubd(target, target, __dword_bcst[rbp + IntegerOf(32)]);
                break;
            case ElementType.Q6_K:
                _code.vpmovsxbd(target, __xmmword_ptr[rcx + (index * PanelFormat.Rows)]);
                break;
            default:
                SixBits(target, index, index, 0);
                break;
        }
    }

    /// <summary>Unpacks two minimums per row for 32 elements into words.</summary>
    private void UnpackMinimums(AssemblerRegisterZMM target, int eighth)
    {
        if (_type == ElementType.Q2_K)
        {
            Widen(target, 2 * eighth);
            _code.vpsrld(target, target, 4);
            Widen(zmm0, (2 * eighth) + 1);
            ShiftAndMask(zmm0, 12, 0xf0000);
        }
        else
        {
            // One minimum for both halves.
            SixBits(target, eighth, eighth + 4, -4);
            _code.vpslld(zmm0, target, 16);
        }

        _code.vpord(target, target, zmm0);
    }

    // Q4_K, Q5_K: the first four have six bits of a byte each; of the last four, bytes 8 to 11 hold nibbles and the tops of earlier bytes the upper pairs.
    private void SixBits(AssemblerRegisterZMM target, int index, int place, int nibbleShift)
    {
        if (index < 4)
        {
            Widen(target, place);
            Mask(target, 63);
            return;
        }

        Widen(target, index + 4);
        ShiftAndMask(target, nibbleShift, 15);
        Widen(zmm0, place - 4);
        ShiftAndMask(zmm0, -2, 48);
        _code.vpord(target, target, zmm0);
    }

    private void Widen(AssemblerRegisterZMM target, int row) => _code.vpmovzxbd(target, __xmmword_ptr[rcx + (row * PanelFormat.Rows)]);

    private void Mask(AssemblerRegisterZMM target, int mask) => _code.vpandd(target, target, __dword_bcst[rbp + IntegerOf(mask)]);

    private void ShiftAndMask(AssemblerRegisterZMM target, int shift, int mask)
    {
        if (shift > 0)
        {
            _code.vpslld(target, target, (byte)shift);
        }
        else if (shift < 0)
        {
            _code.vpsrld(target, target, (byte)-shift);
        }

        Mask(target, mask);
    }
}
