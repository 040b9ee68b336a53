using System.Diagnostics;
using Agents.Training.Backward;
using Agents.Training.Loops;
using Agents.Training.Loss;
using Agents.Training.Progress;
using Agents.Training.Tests.Checkpoints;

namespace Agents.Training.Tests.Loops;

/// <summary>A training process that is killed without warning, again and again, ends with the weights of an undisturbed one.</summary>
public sealed class KilledProcessTests
{
    private const string FolderVariable = "AGENTS_TRAINING_CHILD_FOLDER";
    private const string StepWord = "child-step";
    private const int Steps = 150;

    [Fact]
    public async Task RunAsync_ProcessKilledSeveralTimes_ContinuesBitForBit()
    {
        using TemporaryFolder folder = new();
        SampleStream random = new(31);
        for (int kill = 0; kill < 4; kill++)
        {
            await KillAfter(folder.Path, steps: 1 + random.NextInt(12), spins: random.NextInt(200_000));
        }

        using TemporaryFolder undisturbed = new();
        byte[] expected = await Train(undisturbed.Path, null, TestContext.Current.CancellationToken);
        byte[] actual = await Train(folder.Path, null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, actual);
        Assert.Equal(Steps, File.ReadLines(Path.Combine(folder.Path, "metrics.jsonl")).Count());
    }

    /// <summary>The body of the child process; runs only when the test above starts it.</summary>
    [Fact(Explicit = true)]
    public async Task Child()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? throw new InvalidOperationException($"{FolderVariable} is not set.");
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        await Train(folder, new ImmediateProgress<TrainingProgress>(report => output.WriteLine($"{StepWord} {report.Step}")), TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> Train(string folder, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using DecoderTrainer<float> model = TinyRun.Model();
        bool resume = Directory.EnumerateFiles(folder, "*.checkpoint").Any();
        SupervisedTrainerOptions options = TinyRun.Options(folder, resume) with { Steps = Steps, CheckpointEverySteps = 1 };
        await new SupervisedTrainer(model, new CrossEntropyLoss(), TinyRun.Data, options).RunAsync(progress, cancellationToken);
        return TinyRun.Bits(model);
    }

    private static async Task KillAfter(string folder, int steps, int spins)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(KilledProcessTests).Assembly.Location, "--filter-method", $"{typeof(KilledProcessTests).FullName}.{nameof(Child)}", "--explicit", "only" },
            Environment = { [FolderVariable] = folder },
        };
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        int seen = 0;
        List<string> lines = [];
        while (seen < steps && await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            seen += line.Contains(StepWord, StringComparison.Ordinal) ? 1 : 0;
        }

        // The spin moves the kill to different places of the next step; whichever it hits, the result must be the same.
        Thread.SpinWait(spins);
        child.Kill(entireProcessTree: true);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        string tail = await errors;
        Assert.True(seen == steps, $"The child ended after {seen} steps. {string.Join('\n', lines)} {tail}");
    }
}
