using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <content>Formats with a scale per 32 elements.</content>
internal sealed partial class TileAssembler
{
    // zmm0 to zmm3: sums of two tokens; zmm4, zmm5: broadcasts; zmm6 to zmm9: products of scales; zmm12 to zmm15: the weight's scales and minimums.
    private static AssemblerRegisterZMM WeightScale(int panel) => Zmm(14 + panel);

    private static AssemblerRegisterZMM WeightMinimum(int panel) => Zmm(12 + panel);

    private void Blocks32()
    {
        Label next = _code.CreateLabel();
        LoadPointers();
        Load(rax, nameof(TileArguments.Blocks));
        _code.Label(ref next);
        LoadBlock32();
        Load(r11, nameof(TileArguments.Accumulators));
        ForTokens(Tokens32);
        _code.dec(rax);
        _code.jnz(next);
    }

    private void Tokens32(int tokens)
    {
        for (int token = 0; token < tokens; token++)
        {
            Start(Zmm(2 * token), r10 + (token * sizeof(int)));
            if (_panels == 2)
            {
                _code.vmovdqa64(Zmm((2 * token) + 1), Zmm(2 * token));
            }
        }

        for (int group = 0; group < Groups; group++)
        {
            for (int token = 0; token < tokens; token++)
            {
                _code.vpbroadcastd(Zmm(4 + token), __dword_ptr[r8 + ((token * 32) + (group * 4))]);
                for (int panel = 0; panel < _panels; panel++)
                {
                    _code.vpdpbusd(Zmm((2 * token) + panel), Weight(panel, group), Zmm(4 + token));
                }
            }
        }

        for (int token = 0; token < tokens; token++)
        {
            for (int panel = 0; panel < _panels; panel++)
            {
                AssemblerRegisterZMM sum = Zmm((2 * token) + panel);
                AssemblerRegisterZMM scale = Zmm(6 + (2 * token) + panel);
                AssemblerMemoryOperand result = r11 + (((token * _panels) + panel) * Vector);
                _code.vmulps(scale, WeightScale(panel), __dword_bcst[r9 + (token * sizeof(float))]);
                _code.vcvtdq2ps(sum, sum);
                _code.vfmadd213ps(sum, scale, __zmmword_ptr[result]);
                if (_shape.HasMinimums)
                {
                    _code.vfmadd231ps(sum, WeightMinimum(panel), __dword_bcst[r13 + (token * sizeof(float))]);
                }

                _code.vmovaps(__zmmword_ptr[result], sum);
            }
        }

        _code.add(r8, tokens * 32);
        _code.add(r9, tokens * sizeof(float));
        _code.add(r10, tokens * sizeof(int));
        _code.add(r11, tokens * _panels * Vector);
        if (_shape.HasMinimums)
        {
            _code.add(r13, tokens * sizeof(float));
        }
    }

    /// <summary>Starts a sum at −offset · Σq, or at 0 when the codes have no offset.</summary>
    private void Start(AssemblerRegisterZMM sum, AssemblerMemoryOperand negativeSum)
    {
        switch (_shape.OffsetShift)
        {
            case < 0:
                _code.vpxord(sum, sum, sum);
                break;
            case 0:
                _code.vpbroadcastd(sum, __dword_ptr[negativeSum]);
                break;
            default:
                _code.vpslld(sum, __dword_bcst[negativeSum], (byte)_shape.OffsetShift);
                break;
        }
    }
}
