using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <content>Formats with a scale per 256 elements and integer scales inside. Sums stay integers until the block is complete.</content>
internal sealed partial class TileAssembler
{
    private enum Part
    {
        First,
        Middle,
        Last,
    }

    // zmm0 to zmm7: sums [token, panel, half]; zmm8, zmm9: broadcasts; zmm10, zmm11: products of scales; zmm12 to zmm15: integer scales [panel, half].
    private static AssemblerRegisterZMM Sum(int token, int panel, int half) => Zmm((4 * token) + (2 * panel) + half);

    private static AssemblerRegisterZMM SubScale(int panel, int half) => Zmm(12 + (2 * panel) + half);

    private void Block256()
    {
        Label middle = _code.CreateLabel();
        Load(r15, nameof(TileArguments.SubScales));
        Eighth(Part.First);
        _code.mov(eax, 6);
        _code.Label(ref middle);
        Eighth(Part.Middle);
        _code.dec(eax);
        _code.jnz(middle);
        Eighth(Part.Last);
        if (_shape.HasMinimums)
        {
            SubtractMinimums();
        }
    }

    private void Eighth(Part part)
    {
        LoadWeights();
        for (int half = 0; half < _shape.SubScales; half++)
        {
            for (int panel = 0; panel < _panels; panel++)
            {
                _code.vmovdqa64(SubScale(panel, half), __zmmword_ptr[r15 + (((half * _panels) + panel) * Vector)]);
            }
        }

        if (_shape.SubScales > 0)
        {
            _code.add(r15, _shape.SubScales * _panels * Vector);
        }

        Load(r14, nameof(TileArguments.Totals));
        if (part == Part.Last)
        {
            Load(r11, nameof(TileArguments.Accumulators));
        }

        ForTokens(tokens => Tokens256(tokens, part));
    }

    private void Tokens256(int tokens, Part part)
    {
        for (int token = 0; token < tokens; token++)
        {
            for (int half = 0; half < 2; half++)
            {
                Start(Sum(token, 0, half), r10 + (((token * 2) + half) * sizeof(int)));
                if (_panels == 2)
                {
                    _code.vmovdqa64(Sum(token, 1, half), Sum(token, 0, half));
                }
            }
        }

        for (int step = 0; step < Groups; step++)
        {
            // Both halves in turn, so that more sums are in flight.
            int half = step % 2;
            int group = (half * 4) + (step / 2);
            for (int token = 0; token < tokens; token++)
            {
                _code.vpbroadcastd(Zmm(8 + token), __dword_ptr[r8 + ((token * 32) + (group * 4))]);
                for (int panel = 0; panel < _panels; panel++)
                {
                    _code.vpdpbusd(Sum(token, panel, half), Weight(panel, group), Zmm(8 + token));
                }
            }
        }

        for (int token = 0; token < tokens; token++)
        {
            for (int panel = 0; panel < _panels; panel++)
            {
                Complete(token, panel, part);
            }
        }

        _code.add(r8, tokens * 32);
        _code.add(r10, tokens * 2 * sizeof(int));
        _code.add(r14, tokens * _panels * Vector);
        if (part == Part.Last)
        {
            _code.add(r9, tokens * sizeof(float));
            _code.add(r11, tokens * _panels * Vector);
        }
    }

    private void Complete(int token, int panel, Part part)
    {
        AssemblerRegisterZMM sum = Sum(token, panel, 0);
        int place = ((token * _panels) + panel) * Vector;
        if (_shape.SubScales == 2)
        {
            _code.vpmulld(sum, sum, SubScale(panel, 0));
            _code.vpmulld(Sum(token, panel, 1), Sum(token, panel, 1), SubScale(panel, 1));
        }

        _code.vpaddd(sum, sum, Sum(token, panel, 1));
        if (_shape.SubScales == 1)
        {
            _code.vpmulld(sum, sum, SubScale(panel, 0));
        }

        if (part != Part.First)
        {
            _code.vpaddd(sum, sum, __zmmword_ptr[r14 + place]);
        }

        if (part != Part.Last)
        {
            _code.vmovdqa64(__zmmword_ptr[r14 + place], sum);
            return;
        }

        _code.vbroadcastss(zmm10, __dword_ptr[r9 + (token * sizeof(float))]);
        _code.vmulps(zmm10, zmm10, __zmmword_ptr[rcx + (panel * Vector)]);
        _code.vcvtdq2ps(sum, sum);
        _code.vfmadd213ps(sum, zmm10, __zmmword_ptr[r11 + place]);
        _code.vmovaps(__zmmword_ptr[r11 + place], sum);
    }

    // Minimums fit 16 bits and so do sums of 16 codes: pairs of both meet in one dot product of words.
    private void SubtractMinimums()
    {
        Load(rsi, nameof(TileArguments.Minimums));
        Load(r9, nameof(TileArguments.XScales));
        Load(r11, nameof(TileArguments.Accumulators));
        for (int panel = 0; panel < _panels; panel++)
        {
            for (int group = 0; group < Groups; group++)
            {
                _code.vmovdqa64(Weight(panel, group), __zmmword_ptr[rsi + (((group * _panels) + panel) * Vector)]);
            }

            _code.vmovaps(WeightScale(panel), __zmmword_ptr[r12 + (panel * Vector)]);
        }

        ForTokens(tokens =>
        {
            for (int token = 0; token < tokens; token++)
            {
                for (int panel = 0; panel < _panels; panel++)
                {
                    _code.vpxord(Zmm((2 * token) + panel), Zmm((2 * token) + panel), Zmm((2 * token) + panel));
                }
            }

            for (int group = 0; group < Groups; group++)
            {
                for (int token = 0; token < tokens; token++)
                {
                    _code.vpbroadcastd(Zmm(4 + token), __dword_ptr[r13 + ((token * 32) + (group * 4))]);
                    for (int panel = 0; panel < _panels; panel++)
                    {
                        _code.vpdpwssd(Zmm((2 * token) + panel), Weight(panel, group), Zmm(4 + token));
                    }
                }
            }

            for (int token = 0; token < tokens; token++)
            {
                for (int panel = 0; panel < _panels; panel++)
                {
                    AssemblerRegisterZMM sum = Zmm((2 * token) + panel);
                    AssemblerMemoryOperand result = r11 + (((token * _panels) + panel) * Vector);
                    _code.vmulps(Zmm(6 + panel), WeightScale(panel), __dword_bcst[r9 + (token * sizeof(float))]);
                    _code.vcvtdq2ps(sum, sum);
                    _code.vfnmadd213ps(sum, Zmm(6 + panel), __zmmword_ptr[result]);
                    _code.vmovaps(__zmmword_ptr[result], sum);
                }
            }

            _code.add(r9, tokens * sizeof(float));
            _code.add(r11, tokens * _panels * Vector);
            _code.add(r13, tokens * 32);
        });
    }
}
