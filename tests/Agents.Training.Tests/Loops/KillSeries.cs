using System.Diagnostics;
using System.Globalization;
using Agents.Training.Loops;

namespace Agents.Training.Tests.Loops;

/// <summary>Kills processes that run a <see cref="KillableRun"/> at random moments and lets the next one continue.</summary>
/// <param name="child">Starts the process of a run; it reads the run from the environment and writes a line per step.</param>
/// <param name="log">Told about every kill; null for nobody.</param>
internal sealed class KillSeries(Func<ProcessStartInfo> child, Action<string>? log = null)
{
    public const string StepWord = "child-step";
    private const string Variable = "AGENTS_KILLABLE_RUN";

    /// <summary>Gets how many kills left a checkpoint that was being written.</summary>
    public int InsideCheckpoints { get; private set; }

    /// <summary>Gets how many kills came before the process had done a step.</summary>
    public int BeforeSteps { get; private set; }

    /// <summary>Gets the kills.</summary>
    public int Kills { get; private set; }

    /// <summary>Reads the run of this process from its environment.</summary>
    public static KillableRun Read()
    {
        string[] parts = (Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException($"{Variable} is not set.")).Split('|');
        return new KillableRun(parts[0], Enum.Parse<Asynchrony>(parts[1]), bool.Parse(parts[2]), long.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Kills processes of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="kills">How often.</param>
    /// <param name="seed">Decides the moments.</param>
    /// <param name="cancellationToken">Ends the series.</param>
    /// <exception cref="InvalidOperationException">A process ended by itself before it was killed.</exception>
    public async Task KillAsync(KillableRun run, int kills, ulong seed, CancellationToken cancellationToken)
    {
        SampleStream random = new(seed);
        for (int kill = 0; kill < kills; kill++)
        {
            // One in five is killed by the clock, wherever it is (often while it starts or loads); the others some microseconds to milliseconds after some step.
            bool byClock = random.NextInt(5) == 0;
            int steps = byClock ? int.MaxValue : random.NextInt(5);
            TimeSpan after = byClock ? TimeSpan.FromMilliseconds(100 + random.NextInt(400)) : TimeSpan.FromMicroseconds(random.NextInt(15_000));
            await KillAsync(run, steps, after, cancellationToken);
        }
    }

    private async Task KillAsync(KillableRun run, int steps, TimeSpan after, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = child();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment[Variable] = string.Create(CultureInfo.InvariantCulture, $"{run.Folder}|{run.Asynchrony}|{run.Adapter}|{run.Steps}");
        using Process process = Process.Start(start)!;
        int seen = 0;
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        System.Collections.Concurrent.ConcurrentQueue<string> lines = [];
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                ended.TrySetResult();
                return;
            }

            lines.Enqueue(line.Data);
            if (line.Data.Contains(StepWord, StringComparison.Ordinal) && Interlocked.Increment(ref seen) >= steps)
            {
                reached.TrySetResult();
            }
        };
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (steps is > 0 and < int.MaxValue)
        {
            await Task.WhenAny(reached.Task, ended.Task).WaitAsync(cancellationToken);
        }

        long from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from) < after)
        {
            if (after > TimeSpan.FromMilliseconds(50))
            {
                await Task.Delay(10, cancellationToken);
            }
        }

        if (process.HasExited)
        {
            throw new InvalidOperationException($"The process ended by itself after {seen} steps, before it was killed. {string.Join('\n', lines)}");
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(cancellationToken);
        Kills++;
        bool inside = Directory.Exists(run.Folder) && Directory.EnumerateFiles(run.Folder, "*.partial").Any();
        InsideCheckpoints += inside ? 1 : 0;
        BeforeSteps += seen == 0 ? 1 : 0;
        log?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"kill {Kills,3}: {seen} steps of this process, newest checkpoint {(Directory.Exists(run.Folder) ? Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(run.Folder, "*.checkpoint").Order(StringComparer.Ordinal).LastOrDefault() ?? "none") : "none")}{(inside ? ", inside a checkpoint" : "")}"));
    }
}
