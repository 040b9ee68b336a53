using System.Diagnostics;
using Agents.Training.Loops;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

/// <summary>A reinforcement run whose processes are killed at random moments ends with the weights of an undisturbed one. The benchmark command <c>kill-resume</c> does the same at length.</summary>
public sealed class KilledReinforcementTests
{
    [Theory]
    [InlineData(Asynchrony.Off, false, 3)]
    [InlineData(Asynchrony.Async, true, 3)]
    public async Task RunAsync_ProcessesKilledAtRandom_EndsWithTheSameBits(Asynchrony asynchrony, bool adapter, int kills)
    {
        using TemporaryFolder folder = new();
        CancellationToken stop = TestContext.Current.CancellationToken;
        KillableRun run = new(folder["killed"], asynchrony, adapter, Steps: 60);
        KillSeries sut = new(Child);

        await sut.KillAsync(run, kills, seed: 31, stop);
        byte[] bits = await run.TrainAsync(null, stop);

        Assert.Equal(kills, sut.Kills);
        Assert.Equal(await (run with { Folder = folder["undisturbed"] }).TrainAsync(null, stop), bits);
        Assert.Equal(run.Steps, File.ReadLines(Path.Combine(run.Folder, "metrics.jsonl")).Count());
    }

    /// <summary>The body of the child process; runs only when the test above starts it.</summary>
    [Fact(Explicit = true)]
    public async Task Process()
    {
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        await KillSeries.Read().TrainAsync(
            new ImmediateProgress<ReinforcementProgress>(report => output.WriteLine($"{KillSeries.StepWord} {report.Step}")), TestContext.Current.CancellationToken);
    }

    private static ProcessStartInfo Child() => new("dotnet")
    {
        ArgumentList = { "exec", typeof(KilledReinforcementTests).Assembly.Location, "--filter-method", $"{typeof(KilledReinforcementTests).FullName}.{nameof(Process)}", "--explicit", "only" },
    };
}
