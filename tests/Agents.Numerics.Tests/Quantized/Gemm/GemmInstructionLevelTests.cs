using System.Diagnostics;
using Agents.Numerics.Assembly;
using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;
using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Quantized.Gemm;

/// <summary>Repeats an exact test in child processes that lack instructions or may not assemble.</summary>
public sealed class GemmInstructionLevelTests
{
    /// <summary>Run by the test below in processes with parts of the instruction set switched off.</summary>
    [Fact]
    public void Multiply_OnTheBestPath_EqualsTheReferenceBitForBit()
    {
        string? expected = Environment.GetEnvironmentVariable("AGENTS_TEST_EXPECTED_PATH");
        using ComputePool pool = new(new ComputePoolOptions { Threads = 1 });
        using SimdQuantizedKernels kernels = new(pool);
        Assert.True(expected == null || expected == kernels.Path.ToString(), $"{kernels.Path} instead of {expected}");
        foreach (ElementType type in PackedCase.CodeTypes)
        {
            foreach (int rows in (int[])[1, 3, 9])
            {
                using GemmCase operands = new(type, rows, 37, 512, bias: true);
                operands.AssertExact(kernels);
            }
        }
    }

    [Theory]
    [InlineData(AssemblerSupport.Switch, QuantizedKernelPath.Avx512)]
    [InlineData("DOTNET_EnableAVX512", QuantizedKernelPath.Avx2)]
    [InlineData("DOTNET_EnableAVX512,DOTNET_EnableAVXVNNI", QuantizedKernelPath.Avx2)]
    [InlineData("DOTNET_EnableAVX2", QuantizedKernelPath.Portable)]
    [InlineData("DOTNET_EnableHWIntrinsic", QuantizedKernelPath.Portable)]
    public async Task Multiply_OnALesserProcessor_FallsBackAndGivesTheSameBits(string variables, QuantizedKernelPath path)
    {
        if (!SimdQuantizedKernels.IsSupported(path))
        {
            Assert.Skip($"This machine has no {path}.");
        }

        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(GemmInstructionLevelTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{nameof(Multiply_OnTheBestPath_EqualsTheReferenceBitForBit)}");

        // The platform's own channel to `dotnet test` must not be inherited.
        start.Environment.Remove("TESTINGPLATFORM_DOTNETTEST_EXECUTIONID");
        foreach (string variable in variables.Split(','))
        {
            start.Environment[variable] = "0";
        }

        start.Environment["AGENTS_TEST_EXPECTED_PATH"] = path.ToString();
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, output + await errors);
        Assert.Contains("succeeded: 1", output, StringComparison.Ordinal);
    }
}
