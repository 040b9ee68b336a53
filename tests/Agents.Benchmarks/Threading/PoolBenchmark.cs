using System.Diagnostics;
using System.Globalization;
using Agents.Numerics.Threading;

namespace Agents.Benchmarks.Threading;

/// <summary>Time from the start of an empty run to its end. The pause between runs decides whether workers still spin or have parked.</summary>
internal static class PoolBenchmark
{
    private const int Runs = 4000;

    /// <summary>Prints one table.</summary>
    public static int Run(string[] arguments)
    {
        _ = arguments;
        Console.WriteLine("| threads | chunks | pause, µs | best, µs | median, µs | 99 %, µs |\n|---|---|---|---|---|---|");
        foreach (int threads in new[] { 1, 2 })
        {
            using ComputePool pool = new(new ComputePoolOptions { Threads = threads });
            foreach (int chunks in new[] { 1, 2, 8 })
            {
                foreach (int pause in new[] { 0, 10, 200 })
                {
                    Console.WriteLine(Row(pool, chunks, pause));
                }
            }
        }

        return 0;
    }

    private static string Row(ComputePool pool, int chunks, int pause)
    {
        double[] times = new double[Runs];
        EmptyBody body = default;
        for (int run = -200; run < Runs; run++)
        {
            long wait = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(wait).TotalMicroseconds < pause)
            {
                Thread.SpinWait(1);
            }

            long start = Stopwatch.GetTimestamp();
            pool.Run(ref body, chunks);
            double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (run >= 0)
            {
                times[run] = time;
            }
        }

        Array.Sort(times);
        return string.Create(
            CultureInfo.InvariantCulture, $"| {pool.Threads} | {chunks} | {pause} | {times[0]:F2} | {times[Runs / 2]:F2} | {times[Runs * 99 / 100]:F2} |");
    }

    private struct EmptyBody : IComputeBody
    {
        public readonly void Execute(int chunk, int worker)
        {
        }
    }
}
