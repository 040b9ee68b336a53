using System.Globalization;
using System.Runtime.Versioning;
using Agents.Numerics.Assembly;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Agents.Numerics.Tests.Assembly;

/// <summary>Pages of machine code: what they run, and that they are never writable and executable at once.</summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class ExecutableMemoryTests
{
    [Fact]
    public void Address_OfAssembledCode_CanBeCalled()
    {
        RequireLinux();
        Assembler assembler = new(64);
        assembler.lea(rax, __[rdi + (rsi * 4) + 2]);
        assembler.ret();
        using ExecutableMemory code = new(CodeBuffer.Encode(assembler));
        Assert.Equal(100 + (4 * 7) + 2, ((delegate* unmanaged<long, long, long>)code.Address)(100, 7));
    }

    [Fact]
    public void Pages_AfterCreation_AreExecutableAndNotWritable()
    {
        RequireLinux();
        using ExecutableMemory code = new([0xc3]);
        Assert.Equal("r-xp", ProtectionOf(code.Address));
    }

    [Fact]
    public void Pages_LongerThanOnePage_AreAllExecutable()
    {
        RequireLinux();
        byte[] bytes = new byte[(3 * Environment.SystemPageSize) + 1];
        Array.Fill(bytes, (byte)0x90);
        bytes[^1] = 0xc3;
        using ExecutableMemory code = new(bytes);
        ((delegate* unmanaged<void>)code.Address)();
        Assert.Equal(bytes.Length, code.Length);
        Assert.Equal("r-xp", ProtectionOf(code.Address + code.Length - 1));
    }

    [Fact]
    public void Pages_OfThisProcess_AreNeverWritableAndExecutableWhereKernelsLie()
    {
        if (!AssemblerSupport.IsSupported)
        {
            Assert.Skip($"Assembled kernels need {AssemblerSupport.Obstacle}.");
        }

        foreach (Agents.Numerics.Formats.ElementType type in Quantized.PackedCase.CodeTypes)
        {
            foreach (int panels in (int[])[1, 2])
            {
                Assert.Equal("r-xp", ProtectionOf(Agents.Numerics.Quantized.Gemm.AssembledTiles.Address(type, panels)));
            }
        }
    }

    [Fact]
    public void Dispose_UnmapsThePages()
    {
        RequireLinux();
        // So many that the small mappings of other tests do not reach the middle of the gap.
        ExecutableMemory code = new(new byte[64 << 20]);
        nint middle = code.Address + (32 << 20);
        Assert.Equal("r-xp", ProtectionOf(middle));
        code.Dispose();
        code.Dispose();
        Assert.Throws<ObjectDisposedException>(() => code.Address);
        Assert.NotEqual("r-xp", ProtectionOf(middle));
    }

    [Fact]
    public void Constructor_NoCode_IsRefused()
    {
        RequireLinux();
        Assert.Throws<ArgumentException>(() => new ExecutableMemory([]));
    }

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
        {
            Assert.Skip("Machine code is for Linux on x86-64.");
        }
    }

    // Lines look like: 7f0000000000-7f0000001000 r-xp 00000000 00:00 0
    private static string? ProtectionOf(nint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ');
            ulong[] range = Array.ConvertAll(parts[0].Split('-'), text => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            if ((ulong)address >= range[0] && (ulong)address < range[1])
            {
                return parts[1];
            }
        }

        return null;
    }
}
