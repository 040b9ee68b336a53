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
        Label next = _code.CreateLabel();
        Load(rax, nameof(TileArguments.Blocks));
        _code.Label(ref next);
        for (int eighth = 0; eighth < 8; eighth++)
        {
            Eighth(eighth);
        }

        if (_shape.HasMinimums)
        {
            SubtractMinimums();
        }

        Advance();
        _code.dec(rax);
        _code.jnz(next);
    }

    private void Eighth(int eighth)
    {
        Part part = eighth == 0 ? Part.First : eighth == 7 ? Part.Last : Part.Middle;
        _code.lea(rbp, __qword_ptr[_constants]);
        for (int panel = 0; panel < _panels; panel++)
        {
            Load(rsi, panel == 0 ? nameof(TileArguments.Codes) : nameof(TileArguments.SecondCodes));
            Load(rdx, panel == 0 ? nameof(TileArguments.Bits) : nameof(TileArguments.SecondBits));
            Load(rcx, panel == 0 ? nameof(TileArguments.PackedScales) : nameof(TileArguments.SecondPackedScales));
            PrefetchEighth(eighth);
            UnpackEighth(panel, eighth);
            for (int half = 0; half < _shape.SubScales; half++)
            {
                UnpackScale(SubScale(panel, half), (eighth * _shape.SubScales) + half);
            }
        }

        Load(r14, nameof(TileArguments.Totals));
        if (part == Part.Last)
        {
            Load(r11, nameof(TileArguments.Accumulators));
            Load(r12, nameof(TileArguments.Halves));
            Load(r15, nameof(TileArguments.SecondHalves));
            _code.mov(rcx, r9);
        }

        ForTokens(tokens => Tokens256(tokens, part));
    }

    /// <summary>Steps to the next block of 256.</summary>
    private void Advance()
    {
        for (int panel = 0; panel < _panels; panel++)
        {
            Step(panel == 0 ? nameof(TileArguments.Codes) : nameof(TileArguments.SecondCodes), CodeVectors * Vector);
            Step(panel == 0 ? nameof(TileArguments.Bits) : nameof(TileArguments.SecondBits), BitVectors * Vector);
            Step(panel == 0 ? nameof(TileArguments.PackedScales) : nameof(TileArguments.SecondPackedScales), PackedScaleRows * PanelFormat.Rows);
            Step(panel == 0 ? nameof(TileArguments.Halves) : nameof(TileArguments.SecondHalves), _shape.HasMinimums ? 2 * HalvesBytes : HalvesBytes);
        }
    }

    private void Step(string field, int bytes)
    {
        if (bytes > 0)
        {
            _code.add(__qword_ptr[rdi + Offset(field)], bytes);
        }
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

        _code.vcvtph2ps(zmm10, __ymmword_ptr[panel == 0 ? r12 : r15]);
        _code.vmulps(zmm10, zmm10, __dword_bcst[r9 + (token * sizeof(float))]);
        _code.vcvtdq2ps(sum, sum);
        _code.vfmadd213ps(sum, zmm10, __zmmword_ptr[r11 + place]);
        _code.vmovaps(__zmmword_ptr[r11 + place], sum);
    }

    // Minimums fit 16 bits and so do sums of 16 codes: pairs of both meet in one dot product of words.
    private void SubtractMinimums()
    {
        _code.mov(r9, rcx);
        Load(r11, nameof(TileArguments.Accumulators));
        _code.lea(rbp, __qword_ptr[_constants]);
        for (int panel = 0; panel < _panels; panel++)
        {
            Load(rcx, panel == 0 ? nameof(TileArguments.PackedScales) : nameof(TileArguments.SecondPackedScales));
            for (int eighth = 0; eighth < 8; eighth++)
            {
                UnpackMinimums(Weight(panel, eighth), eighth);
            }

            _code.vcvtph2ps(WeightScale(panel), __ymmword_ptr[(panel == 0 ? r12 : r15) + HalvesBytes]);
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
