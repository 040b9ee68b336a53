using System.Runtime.InteropServices;
using Agents.Numerics.Assembly;
using Agents.Numerics.Formats;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Quantized.Gemm;

/// <summary>
/// Writes the tile kernels in AVX512_VNNI. 32 elements of one or two panels stay in 8 or 16 registers while all tokens pass by; each token's four codes are
/// broadcast once for both panels, sums of products are scaled in registers, and results so far come from and go to the first-level cache.
/// </summary>
/// <remarks>Technique: papers/00-cpu-kernels §3 and §4. System V calling convention: the arguments' address is in rdi; rbx, rbp and r12 to r15 are kept.</remarks>
internal sealed partial class TileAssembler
{
    private const int Groups = 8;
    private const int Vector = 64;
    private const int EighthBytes = Groups * Vector;

    private readonly Assembler _code = new(64);
    private readonly ElementType _type;
    private readonly TileShape _shape;
    private readonly int _panels;
    private Label _constants;

    private TileAssembler(ElementType type, int panels)
    {
        _type = type;
        _shape = TileShape.Of(type);
        _constants = _code.CreateLabel();
        _panels = panels;
    }

    /// <summary>Assembles a kernel.</summary>
    /// <param name="type">Format of the weight.</param>
    /// <param name="panels">Panels per call: 1 or 2.</param>
    /// <returns>Code of a function that takes the address of <see cref="TileArguments"/>.</returns>
    public static byte[] Assemble(ElementType type, int panels)
    {
        TileAssembler tile = new(type, panels);
        tile.Enter();
        if (tile._shape.BlockElements == 32)
        {
            tile.Blocks32();
        }
        else
        {
            tile.Block256();
        }

        tile.Leave();
        tile.Constants();
        return CodeBuffer.Encode(tile._code);
    }

    private static AssemblerRegisterZMM Zmm(int index) => index switch
    {
        0 => zmm0, 1 => zmm1, 2 => zmm2, 3 => zmm3, 4 => zmm4, 5 => zmm5, 6 => zmm6, 7 => zmm7,
        8 => zmm8, 9 => zmm9, 10 => zmm10, 11 => zmm11, 12 => zmm12, 13 => zmm13, 14 => zmm14, 15 => zmm15,
        16 => zmm16, 17 => zmm17, 18 => zmm18, 19 => zmm19, 20 => zmm20, 21 => zmm21, 22 => zmm22, 23 => zmm23,
        24 => zmm24, 25 => zmm25, 26 => zmm26, 27 => zmm27, 28 => zmm28, 29 => zmm29, 30 => zmm30, _ => zmm31,
    };

    /// <summary>The register of four consecutive k of one panel.</summary>
    private static AssemblerRegisterZMM Weight(int panel, int group) => Zmm(16 + (Groups * panel) + group);

    private static int Offset(string field) => (int)Marshal.OffsetOf<TileArguments>(field);

    private void Load(AssemblerRegister64 register, string field) => _code.mov(register, __qword_ptr[rdi + Offset(field)]);

    private void Enter()
    {
        foreach (AssemblerRegister64 register in (AssemblerRegister64[])[rbx, rbp, r12, r13, r14, r15])
        {
            _code.push(register);
        }

        Load(rsi, nameof(TileArguments.Codes));
        Load(rdx, nameof(TileArguments.SecondCodes));
        Load(r8, nameof(TileArguments.X));
        Load(r9, nameof(TileArguments.XScales));
        Load(r10, nameof(TileArguments.NegativeSums));
        Load(r13, nameof(TileArguments.XSums));
        Load(rbx, nameof(TileArguments.Tokens));
    }

    private void Leave()
    {
        _code.vzeroupper();
        foreach (AssemblerRegister64 register in (AssemblerRegister64[])[r15, r14, r13, r12, rbp, rbx])
        {
            _code.pop(register);
        }

        _code.ret();
    }

    /// <summary>Writes a loop over the tokens, two at a time; the body gets the number of tokens it must handle.</summary>
    private void ForTokens(Action<int> body)
    {
        Label two = _code.CreateLabel();
        Label rest = _code.CreateLabel();
        Label end = _code.CreateLabel();
        _code.mov(rbp, rbx);
        _code.shr(rbp, 1);
        _code.jz(rest);
        _code.Label(ref two);
        body(2);
        _code.dec(rbp);
        _code.jnz(two);
        _code.Label(ref rest);
        _code.test(ebx, 1);
        _code.jz(end);
        body(1);
        _code.Label(ref end);
        _code.nop();
    }
}
