using Agents.Numerics.Formats;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <content>Weights into registers.</content>
internal sealed partial class TileAssembler
{
    private const int HalvesBytes = Vector / 2;

    private static AssemblerRegister64 Codes(int panel) => panel == 0 ? rsi : rdx;

    private static AssemblerRegister64 Halves(int panel) => panel == 0 ? rcx : r12;

    private static AssemblerRegister64 Bits(int panel) => panel == 0 ? r14 : r15;

    private void LoadPointers()
    {
        Load(rcx, nameof(TileArguments.Halves));
        Load(r12, nameof(TileArguments.SecondHalves));
        Load(r14, nameof(TileArguments.Bits));
        Load(r15, nameof(TileArguments.SecondBits));
    }

    /// <summary>Loads and unpacks a block of 32 of all rows as it is stored, scales included, and steps to the next.</summary>
    private void LoadBlock32()
    {
        if (_type == ElementType.Q8_0)
        {
            Prefetch(EighthBytes);
            LoadCodes();
        }
        else
        {
            Prefetch(EighthBytes / 2);
            for (int panel = 0; panel < _panels; panel++)
            {
                LoadNibbles(panel);
            }
        }

        for (int panel = 0; panel < _panels; panel++)
        {
            _code.vcvtph2ps(WeightScale(panel), __ymmword_ptr[Halves(panel)]);
            if (_shape.HasMinimums)
            {
                _code.vcvtph2ps(WeightMinimum(panel), __ymmword_ptr[Halves(panel) + HalvesBytes]);
            }

            _code.add(Halves(panel), _shape.HasMinimums ? 2 * HalvesBytes : HalvesBytes);
        }
    }

    private void LoadCodes()
    {
        for (int panel = 0; panel < _panels; panel++)
        {
            for (int group = 0; group < Groups; group++)
            {
                _code.vmovdqa64(Weight(panel, group), __zmmword_ptr[Codes(panel) + (group * Vector)]);
            }

            _code.add(Codes(panel), EighthBytes);
        }
    }

    // The same block of the panels that come next, into the second-level cache: with few tokens a panel takes hardly longer than memory needs to deliver it.
    private void Prefetch(int blockBytes)
    {
        Load(r11, nameof(TileArguments.NextPanels));
        for (int panel = 0; panel < _panels; panel++)
        {
            for (int line = 0; line < blockBytes; line += Vector)
            {
                _code.prefetcht1(__byte_ptr[Codes(panel) + r11 + line]);
            }

            _code.prefetcht1(__byte_ptr[Halves(panel) + r11]);
        }
    }

    // Low nibbles are elements 0 to 15, high ones 16 to 31.
    private void LoadNibbles(int panel)
    {
        // The counter of tokens is not in use here.
        _code.lea(rbp, __qword_ptr[_constants]);
        for (int group = 0; group < 4; group++)
        {
            AssemblerMemoryOperand source = Codes(panel) + (group * Vector);
            _code.vmovdqa64(Weight(panel, group), __zmmword_ptr[source]);
            _code.vpsrld(Weight(panel, group + 4), __zmmword_ptr[source], 4);
        }

        for (int group = 0; group < Groups; group++)
        {
            _code.vpandd(Weight(panel, group), Weight(panel, group), __dword_bcst[rbp + ByteOf(15)]);
        }

        _code.add(Codes(panel), EighthBytes / 2);
        if (_type == ElementType.IQ4_NL)
        {
            _code.vbroadcasti32x4(zmm0, __xmmword_ptr[rbp + Levels]);
            for (int group = 0; group < Groups; group++)
            {
                _code.vpshufb(Weight(panel, group), zmm0, Weight(panel, group));
            }
        }
        else if (_type is ElementType.Q5_0 or ElementType.Q5_1)
        {
            AddFifthBits(panel);
        }
    }

    // Bit e of 32 bits belongs to element e: each byte is copied to the four codes it has a bit for, twice.
    private void AddFifthBits(int panel)
    {
        _code.vmovdqa64(zmm0, __zmmword_ptr[Bits(panel)]);
        _code.add(Bits(panel), Vector);
        _code.vpbroadcastd(zmm1, __dword_ptr[rbp + ByteOf(16)]);
        _code.vbroadcasti32x4(zmm2, __xmmword_ptr[rbp + BitTable]);
        _code.vbroadcasti32x4(zmm3, __xmmword_ptr[rbp + BitTable + 16]);
        for (int pair = 0; pair < 4; pair++)
        {
            AssemblerRegisterZMM spread = Zmm(4 + pair);
            _code.vbroadcasti32x4(spread, __xmmword_ptr[rbp + SpreadTable + (16 * pair)]);
            _code.vpshufb(spread, zmm0, spread);
            _code.vptestmb(k1, spread, zmm2);
            _code.vptestmb(k2, spread, zmm3);
            _code.vpaddb(Weight(panel, 2 * pair).k1, Weight(panel, 2 * pair), zmm1);
            _code.vpaddb(Weight(panel, (2 * pair) + 1).k2, Weight(panel, (2 * pair) + 1), zmm1);
        }
    }
}
