using System.Diagnostics;
using System.Globalization;
using Agents.Training.Loops;
using Agents.Training.Progress;
using Agents.Training.Tests.Loops;

namespace Agents.Benchmarks.Reinforcement;

/// <summary>Kills the processes of a reinforcement run at random moments, lets it continue each time, and compares the final weights with those of an undisturbed run.</summary>
internal static class KillResumeCommand
{
    /// <summary>Name of the command that the killed processes run.</summary>
    public const string ChildCommand = "kill-resume-child";

    /// <summary>Runs the series.</summary>
    /// <param name="arguments">Kills, seed, and then off, streaming or async and full or adapter.</param>
    /// <returns>0 when the weights are the same bits after all kills.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int kills = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 50;
        ulong seed = arguments.Length > 1 ? ulong.Parse(arguments[1], CultureInfo.InvariantCulture) : 1;
        Asynchrony asynchrony = arguments.Length > 2 ? Enum.Parse<Asynchrony>(arguments[2], ignoreCase: true) : Asynchrony.Off;
        bool adapter = arguments.Contains("adapter");
        string root = Directory.CreateTempSubdirectory("kill-resume-").FullName;
        try
        {
            KillableRun run = new(Path.Combine(root, "killed"), asynchrony, adapter, Steps: 100 + (12L * kills));
            Console.WriteLine($"{run.Steps} steps, asynchrony {asynchrony}, {(adapter ? "adapter" : "all weights")}, a checkpoint after every step, {kills} kills, seed {seed}");
            KillSeries series = new(Child, Console.WriteLine);
            await series.KillAsync(run, kills, seed, CancellationToken.None).ConfigureAwait(false);
            byte[] bits = await run.TrainAsync(null, CancellationToken.None).ConfigureAwait(false);
            byte[] expected = await (run with { Folder = Path.Combine(root, "undisturbed") }).TrainAsync(null, CancellationToken.None).ConfigureAwait(false);
            bool same = bits.AsSpan().SequenceEqual(expected);
            Console.WriteLine($"{series.Kills} kills: {series.BeforeSteps} before the first step of their process, {series.InsideCheckpoints} inside a checkpoint. Final weights ({bits.Length} bytes): {(same ? "the same bits" : "DIFFERENT")} as the undisturbed run.");
            return same ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>The body of a process that is killed.</summary>
    public static async Task<int> RunChildAsync()
    {
        await KillSeries.Read().TrainAsync(new StepLines(), CancellationToken.None).ConfigureAwait(false);
        return 0;
    }

    private static ProcessStartInfo Child() => new("dotnet") { ArgumentList = { "exec", typeof(KillResumeCommand).Assembly.Location, ChildCommand } };

    /// <summary>Writes a line per step at once.</summary>
    private sealed class StepLines : IProgress<ReinforcementProgress>
    {
        private readonly StreamWriter _output = new(Console.OpenStandardOutput()) { AutoFlush = true };

        public void Report(ReinforcementProgress value) => _output.WriteLine($"{KillSeries.StepWord} {value.Step}");
    }
}
