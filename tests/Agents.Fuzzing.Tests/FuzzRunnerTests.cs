using Agents.Fuzzing.Engine;
using Agents.Fuzzing.Targets;

namespace Agents.Fuzzing.Tests;

/// <summary>The fuzzer finds what it is for.</summary>
public sealed class FuzzRunnerTests
{
    private const long Inputs = 20_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_PlantedOverflow_IsFound(ulong seed)
    {
        FuzzReport report = Run(new CanaryTarget(), seed);
        Assert.Equal(FuzzFindingKind.UnnamedError, report.Finding?.Kind);
        Assert.ThrowsAny<ArgumentException>(() => new CanaryTarget().Read(report.Finding!.Input));
    }

    [Fact]
    public void Run_SameReaderRepaired_FindsNothing()
    {
        FuzzReport report = Run(new CanaryTarget(repaired: true), 0);
        Assert.Null(report.Finding);
        Assert.Equal(Inputs, report.Inputs);
        Assert.InRange(report.Behaviours, 3, 10);
    }

    [Fact]
    public void Run_SameStream_ReadsTheSameInputs()
    {
        FuzzReport first = Run(new CanaryTarget(), 5);
        FuzzReport second = Run(new CanaryTarget(), 5);
        Assert.Equal(first.Inputs, second.Inputs);
        Assert.Equal(first.Finding!.Input, second.Finding!.Input);
    }

    [Fact]
    public void Run_ReaderThatBelievesADeclaredSize_IsCaughtByItsAllocation()
    {
        FuzzReport report = Run(new GreedyTarget(), 0);
        Assert.Equal(FuzzFindingKind.Allocation, report.Finding?.Kind);
    }

    private static FuzzReport Run(IFuzzTarget target, ulong seed) =>
        new FuzzRunner(target, new FuzzOptions { MaximumInputs = Inputs, Duration = TimeSpan.FromMinutes(5) }, TimeProvider.System).Run(target.Seeds(), new SampleStream(seed));

    /// <summary>Allocates what the first four bytes say, up to 64 MiB.</summary>
    private sealed class GreedyTarget : IFuzzTarget
    {
        public string Name => "greedy";

        public IReadOnlyList<byte[]> Dictionary => [];

        public IReadOnlyList<byte[]> Seeds() => [[4, 0, 0, 0]];

        public void Read(byte[] input)
        {
            if (input.Length >= 4)
            {
                _ = new byte[BitConverter.ToUInt32(input) & 0x3ff_ffff];
            }
        }

        public bool IsNamed(Exception error) => false;
    }
}
