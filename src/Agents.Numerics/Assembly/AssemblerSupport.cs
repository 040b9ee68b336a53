using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Versioning;

namespace Agents.Numerics.Assembly;

/// <summary>
/// Whether kernels may be assembled at run time here: Linux on x86-64, AVX-512 (F, BW, DQ, VL) and AVX512_VNNI in the processor and enabled by the operating
/// system, executable pages granted, and not switched off by the environment variable <see cref="Switch"/> = 0. .NET 10 has no class for AVX512_VNNI
/// (papers/00-cpu-kernels §1), so the processor is asked directly.
/// </summary>
public static unsafe class AssemblerSupport
{
    /// <summary>Name of the environment variable that switches assembled kernels off with the value 0. Read once per process.</summary>
    public const string Switch = "AGENTS_ASSEMBLED_KERNELS";

    // XCR0: SSE, AVX, and the three parts of AVX-512 (masks, upper halves, upper registers).
    private const ulong VectorState = 0xe6;

    // xor ecx, ecx; xgetbv; shl rdx, 32; or rax, rdx; ret. In bytes, because starting the assembler takes tens of milliseconds.
    private static ReadOnlySpan<byte> ReadControlRegister => [0x31, 0xc9, 0x0f, 0x01, 0xd0, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    private static readonly Lazy<string?> s_obstacle = new(() => Find(Environment.GetEnvironmentVariable(Switch)));

    /// <summary>Gets what is in the way, for messages; null when assembled kernels can run.</summary>
    public static string? Obstacle => s_obstacle.Value;

    /// <summary>Gets a value indicating whether assembled kernels can run.</summary>
    public static bool IsSupported => Obstacle == null;

    /// <summary>Looks for an obstacle, the cheap ones first.</summary>
    /// <param name="setting">Value of the switch.</param>
    internal static string? Find(string? setting)
    {
        if (setting?.Trim() == "0")
        {
            return $"{Switch} other than 0";
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "Linux on x86-64";
        }

        if (!Avx512F.IsSupported || !Avx512F.VL.IsSupported || !Avx512BW.IsSupported || !Avx512DQ.IsSupported || !Vector512.IsHardwareAccelerated)
        {
            return "AVX-512 (F, BW, DQ, VL)";
        }

        return !HasVectorNeuralNetworkInstructions() ? "AVX512_VNNI" : FindInSystem();
    }

    // CPUID leaf 7: AVX512_VNNI is bit 11 of ECX.
    private static bool HasVectorNeuralNetworkInstructions() =>
        X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;

    // Reads XCR0 with a piece of machine code, which also shows whether pages may be executed at all.
    [SupportedOSPlatform("linux")]
    private static string? FindInSystem()
    {
        const int saveAndRestore = 1 << 27;
        if ((X86Base.CpuId(1, 0).Ecx & saveAndRestore) == 0)
        {
            return "XSAVE enabled by the operating system";
        }

        try
        {
            using ExecutableMemory code = new(ReadControlRegister);
            ulong state = ((delegate* unmanaged<ulong>)code.Address)();
            return (state & VectorState) == VectorState ? null : "AVX-512 registers enabled by the operating system";
        }
        catch (InvalidOperationException refused)
        {
            return $"executable pages ({refused.Message})";
        }
    }
}
