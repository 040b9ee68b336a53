using Agents.Numerics.Assembly;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Assembly;

/// <summary>When assembled kernels are used and what happens where they are not.</summary>
public sealed class AssemblerSupportTests
{
    [Theory]
    [InlineData("0")]
    [InlineData(" 0 ")]
    public void Find_SwitchedOff_NamesTheSwitch(string setting) =>
        Assert.Contains(AssemblerSupport.Switch, AssemblerSupport.Find(setting), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    public void Find_NotSwitchedOff_AsksTheMachine(string? setting) =>
        Assert.DoesNotContain(AssemblerSupport.Switch, AssemblerSupport.Find(setting) ?? string.Empty, StringComparison.Ordinal);

    [Fact]
    public void Find_OnLinuxWithTheInstructions_FindsNothing()
    {
        if (!OperatingSystem.IsLinux() || !File.ReadAllText("/proc/cpuinfo").Contains("avx512_vnni", StringComparison.Ordinal)
            || !SimdQuantizedKernels.IsSupported(QuantizedKernelPath.Avx512) || !System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated)
        {
            Assert.Skip("This machine has no AVX512_VNNI.");
        }

        Assert.Null(AssemblerSupport.Find(null));
    }

    [Fact]
    public void Path_Auto_IsTheBestSupported()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        using SimdQuantizedKernels kernels = new(pool);
        Assert.Equal(AssemblerSupport.IsSupported, kernels.Path == QuantizedKernelPath.Assembled);
        Assert.True(SimdQuantizedKernels.IsSupported(kernels.Path));
    }

    [Fact]
    public void Constructor_PathThatIsNotThere_SaysWhy()
    {
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        Assert.Throws<ArgumentException>(() => new SimdQuantizedKernels(pool, (QuantizedKernelPath)99));
        if (AssemblerSupport.Obstacle is { } obstacle)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => new SimdQuantizedKernels(pool, QuantizedKernelPath.Assembled));
            Assert.Contains(obstacle, error.Message, StringComparison.Ordinal);
        }
    }
}
