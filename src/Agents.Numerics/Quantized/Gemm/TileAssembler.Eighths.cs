using Agents.Numerics.Formats;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <content>Unpacking of 32 of 256 elements: codes at rsi, upper bits at rdx, constants at rbp; zmm0 to zmm11 are free.</content>
internal sealed partial class TileAssembler
{
    // Truth table of a | (b & c).
    private const byte OrAnd = 0xf8;

    /// <summary>Gets the vectors of codes in a block of 256.</summary>
    private int CodeVectors => _type switch
    {
        ElementType.Q4_K or ElementType.Q5_K or ElementType.Q6_K => 32,
        ElementType.TQ1_0 => 12,
        _ => 16,
    };

    /// <summary>Gets the vectors of upper bits in a block of 256.</summary>
    private int BitVectors => _type switch
    {
        ElementType.Q3_K or ElementType.Q5_K => 8,
        ElementType.Q6_K => 16,
        ElementType.TQ1_0 => 1,
        _ => 0,
    };

    // An eighth of the same block of the panels that come next, integer scales at rcx included.
    private void PrefetchEighth(int eighth)
    {
        Load(r11, nameof(TileArguments.NextPanels));
        for (int line = eighth; line < CodeVectors; line += 8)
        {
            _code.prefetcht1(__byte_ptr[rsi + r11 + (line * Vector)]);
        }

        for (int line = eighth; line < BitVectors; line += 8)
        {
            _code.prefetcht1(__byte_ptr[rdx + r11 + (line * Vector)]);
        }

        if (_shape.SubScales > 0 && eighth < 4)
        {
            _code.prefetcht1(__byte_ptr[rcx + r11 + (eighth * Vector)]);
        }
    }

    private void UnpackEighth(int panel, int eighth)
    {
        switch (_type)
        {
            case ElementType.Q2_K or ElementType.TQ2_0:
                UnpackFields(panel, eighth / 4 * Groups, 2 * (eighth % 4), 3);
                break;
            case ElementType.Q3_K:
                UnpackFields(panel, eighth / 4 * Groups, 2 * (eighth % 4), 3);
                AddUpperBits(panel, 0, 2 - eighth, 4);
                break;
            case ElementType.Q4_K:
                UnpackFields(panel, eighth / 2 * Groups, 4 * (eighth % 2), 15);
                break;
            case ElementType.Q5_K:
                UnpackFields(panel, eighth / 2 * Groups, 4 * (eighth % 2), 15);
                AddUpperBits(panel, 0, 4 - eighth, 16);
                break;
            case ElementType.Q6_K:
                UnpackFields(panel, ((eighth / 4 * 2) + (eighth % 2)) * Groups, 4 * (eighth % 4 / 2), 15);
                AddUpperBits(panel, eighth / 4 * Groups, 4 - (2 * (eighth % 4)), 48);
                break;
            default:
                UnpackTrits(panel, eighth);
                break;
        }
    }

    // Bit fields at one place of eight vectors.
    private void UnpackFields(int panel, int firstVector, int shift, byte mask)
    {
        _code.vpbroadcastd(zmm0, __dword_ptr[rbp + ByteOf(mask)]);
        for (int group = 0; group < Groups; group++)
        {
            AssemblerMemoryOperand source = rsi + ((firstVector + group) * Vector);
            if (shift == 0)
            {
                _code.vpandd(Weight(panel, group), zmm0, __zmmword_ptr[source]);
                continue;
            }

            _code.vpsrld(Weight(panel, group), __zmmword_ptr[source], (byte)shift);
            _code.vpandd(Weight(panel, group), Weight(panel, group), zmm0);
        }
    }

    // Bits of the plane, shifted to the left (or right, if negative) and masked.
    private void AddUpperBits(int panel, int firstVector, int shift, byte mask)
    {
        _code.vpbroadcastd(zmm0, __dword_ptr[rbp + ByteOf(mask)]);
        for (int group = 0; group < Groups; group++)
        {
            AssemblerMemoryOperand source = rdx + ((firstVector + group) * Vector);
            AssemblerRegisterZMM bits = Zmm(1 + group);
            switch (shift)
            {
                case > 0:
                    _code.vpslld(bits, __zmmword_ptr[source], (byte)shift);
                    break;
                case < 0:
                    _code.vpsrld(bits, __zmmword_ptr[source], (byte)-shift);
                    break;
                default:
                    _code.vmovdqa64(bits, __zmmword_ptr[source]);
                    break;
            }

            _code.vpternlogd(Weight(panel, group), bits, zmm0, OrAnd);
        }
    }

    // Five digits of 32 bytes, five of 16 bytes, four of 4 bytes.
    private void UnpackTrits(int panel, int eighth)
    {
        _code.vpbroadcastd(zmm0, __dword_ptr[rbp + ByteOf(86)]);
        _code.vpbroadcastd(zmm1, __dword_ptr[rbp + ByteOf(171)]);
        _code.vpbroadcastd(zmm2, __dword_ptr[rbp + ByteOf(1)]);
        for (int group = 0; group < Groups; group++)
        {
            if (eighth < 5)
            {
                UnpackTrit(Weight(panel, group), rsi + (group * Vector), eighth);
            }
            else if (eighth < 7 || group < 4)
            {
                UnpackTrit(Weight(panel, group), rsi + ((8 + (group % 4)) * Vector), (2 * (eighth - 5)) + (group / 4));
            }
            else
            {
                UnpackTrit(Weight(panel, group), rdx + 0, group - 4);
            }
        }
    }

    // Three times a byte modulo 256 brings the next digit to the top; it is 0 below 86 and 1 below 171.
    private void UnpackTrit(AssemblerRegisterZMM target, AssemblerMemoryOperand source, int digit)
    {
        const byte atLeast = 5;
        _code.vmovdqa64(zmm3, __zmmword_ptr[source]);
        for (int i = 0; i < digit; i++)
        {
            _code.vpaddb(zmm4, zmm3, zmm3);
            _code.vpaddb(zmm3, zmm3, zmm4);
        }

        _code.vpcmpub(k1, zmm3, zmm0, atLeast);
        _code.vpcmpub(k2, zmm3, zmm1, atLeast);
        _code.vmovdqu8(target.k1.z, zmm2);
        _code.vpaddb(target.k2, target, zmm2);
    }
}
