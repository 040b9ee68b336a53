using System.Diagnostics;
using Agents.Numerics.Kernels;

namespace Agents.Numerics.Tests.Kernels.Matrix;

/// <summary>Repeats an exact test in child processes whose runtime pretends to be an older processor.</summary>
public sealed class InstructionLevelTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Products_OnALesserProcessor_GiveTheSameBits(string variable)
    {
        string assembly = typeof(InstructionLevelTests).Assembly.Location;
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{nameof(MatrixKernelsTests.Products_FewSizes_EqualTheScalarChainBitForBit)}");

        // The platform's own channel to `dotnet test` must not be inherited.
        start.Environment.Remove("TESTINGPLATFORM_DOTNETTEST_EXECUTIONID");
        start.Environment[variable] = "0";
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, output + await errors);
        Assert.Contains("succeeded: 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_OnThisProcessor_IsTheBestSupported()
    {
        using Agents.Numerics.Threading.ComputePool pool = new(new() { Threads = 1 });
        using SimdKernels kernels = new(pool);
        KernelPath[] order = [KernelPath.Avx512, KernelPath.Avx2, KernelPath.Portable];
        KernelPath best = order.First(path => SimdKernels.IsSupported(path) && (path != KernelPath.Avx512 || System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated));
        Assert.Equal(best, kernels.Path);
    }
}
