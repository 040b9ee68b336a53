using System.Text.Json;
using Agents.Training.Backward;
using Agents.Training.Experience;
using Agents.Training.Guards;
using Agents.Training.Loops;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;
using Agents.Training.Tests.Loops;

namespace Agents.Training.Tests.Guards;

/// <summary>Guards inside real runs: their stops, their lines in the metrics file, and their state across a restart.</summary>
public sealed class GuardedRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<ReinforcementResult> Run(string folder, IStepGuard guard, bool resume = false, long stopAt = 0)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using CancellationTokenSource source = new();
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 4) with { Guards = [guard] };
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), stages, BanditRun.Options(folder, steps: 12, resume));
        ImmediateProgress<ReinforcementProgress> progress = new(report =>
        {
            if (report.Step == stopAt)
            {
                source.Cancel();
            }
        });
        return await sut.RunAsync(progress, source.Token);
    }

    [Fact]
    public async Task RunAsync_GuardStops_EndsWithItsReasonAndExitCodeAndACheckpoint()
    {
        ReinforcementResult result = await Run(_folder.Path, new CountingGuard(5));

        Assert.Equal((ReinforcementStop.Repetition, 15, 5L), (result.Stop, result.ExitCode, result.Steps));
        Assert.Equal("seen 5", result.Explanation);
        Assert.True(File.Exists(_folder["step-000000000005.checkpoint"]));
        JsonElement[] lines = [.. File.ReadLines(_folder["metrics.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 2, 3, 4, 5], lines.Select(line => line.GetProperty("guard.seen").GetInt32()));
        Assert.False(lines[3].TryGetProperty("warnings", out _));
        Assert.Equal("seen 5", lines[4].GetProperty("warnings")[0].GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task RunAsync_StoppedAndResumed_GuardGoesOnWhereItWas(long step)
    {
        await Assert.ThrowsAsync<OperationCanceledException>(() => Run(_folder.Path, new CountingGuard(5), stopAt: step));

        ReinforcementResult result = await Run(_folder.Path, new CountingGuard(5), resume: true);

        Assert.Equal((step, 5L, ReinforcementStop.Repetition), (result.ResumedFrom, result.Steps, result.Stop));
    }

    [Fact]
    public async Task RunAsync_ResumedWithAnotherLimit_GoesOn()
    {
        await Run(_folder.Path, new CountingGuard(5));

        ReinforcementResult result = await Run(_folder.Path, new CountingGuard(50), resume: true);

        Assert.Equal((5L, 12L, ReinforcementStop.Completed), (result.ResumedFrom, result.Steps, result.Stop));
    }

    [Fact]
    public async Task RunAsync_DefaultGuards_LetAHealthyRunFinishAndReportTheirNumbers()
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        List<ReinforcementProgress> reports = [];
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 5) with { Guards = StepGuards.Default() };
        using ReinforcementTrainer sut = new(model, BanditRun.Sync(model), stages, BanditRun.Options(_folder.Path, steps: 12));

        ReinforcementResult result = await sut.RunAsync(new ImmediateProgress<ReinforcementProgress>(reports.Add), TestContext.Current.CancellationToken);

        Assert.Equal(ReinforcementStop.Completed, result.Stop);
        Assert.All(reports, report => Assert.Contains(LengthGuard.NumberName, report.Guards.Keys));
        Assert.All(reports, report => Assert.Equal((double)report.DeadGroups / report.Groups, report.Guards[DeadGroupGuard.NumberName]));
    }

    private sealed class CountingGuard(int limit) : IStepGuard
    {
        private int _seen;

        public string Name => "counting-guard";

        public GuardReport Observe(long step, ExperienceColumns columns)
        {
            _seen++;
            GuardReport report = GuardReport.Of("guard.seen", _seen);
            return _seen < limit ? report : report with { Warning = $"seen {_seen}", Stop = ReinforcementStop.Repetition };
        }

        public byte[] Save() => [(byte)_seen];

        public void Restore(ReadOnlySpan<byte> state) => _seen = state[0];
    }
}
