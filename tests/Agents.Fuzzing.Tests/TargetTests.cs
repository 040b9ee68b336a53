using Agents.Fuzzing.Engine;

namespace Agents.Fuzzing.Tests;

/// <summary>
/// A short run of every target, corpus included. The number of inputs is the bound that counts: with the time alone a faster machine would read inputs that no run
/// before it has seen. The long run: dotnet run -c Release --project tests/Agents.Fuzzing -- all 3600.
/// </summary>
public sealed class TargetTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Target_MutatedInputs_EndInNamedErrorsOnly(string name)
    {
        IFuzzTarget target = FuzzTargets.Create(name);
        using IDisposable? owner = target as IDisposable;
        IReadOnlyList<byte[]> corpus = FuzzCorpus.Read(Path.Combine(AppContext.BaseDirectory, "Corpus"), name);
        FuzzRunner runner = new(target, new FuzzOptions { MaximumInputs = 8_000, Duration = TimeSpan.FromSeconds(15) }, TimeProvider.System);
        FuzzReport report = runner.Run([.. target.Seeds(), .. corpus], new SampleStream(1), TestContext.Current.CancellationToken);
        Assert.True(report.Finding is null, $"{report.Finding?.Kind}: {report.Finding?.Description}\ninput: {Convert.ToBase64String(report.Finding?.Input ?? [])}");
        Assert.True(report.Accepted >= 1, "Valid inputs are refused; the run shows nothing.");
        Assert.True(report.Behaviours >= 4, $"Only {report.Behaviours} behaviours; the run did not get past the front door.");
    }

    [Fact]
    public void Create_UnknownName_OffersTheNearest() =>
        Assert.Contains("'gguf'", Assert.Throws<ArgumentException>(() => FuzzTargets.Create("ggvf")).Message, StringComparison.Ordinal);
}
