using System.Diagnostics;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Models.Chat;
using Agents.Models.Decoder;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Trajectories;
using Agents.Testing;

namespace Agents.Benchmarks.Trajectories;

/// <summary>
/// What recording costs: real requests of the embedded model are kept and handed to a recorder many times; microseconds that a request waits for it, milliseconds and bytes until it is
/// on disk, and how much of the request's own time that is.
/// </summary>
internal static class RecordingBenchmark
{
    private const int Questions = 4;
    private static readonly (string Strategy, int? Samples)[] Subjects = [("direct", null), ("self-consistency", 5), ("self-aggregation", 3), ("malt", 3), ("malt-tree", 3)];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Requests to record per strategy (default 400).</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int requests = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 400;
        string path = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "models"), "tiny-*.gguf").OrderByDescending(file => file.Length).ThenByDescending(file => file, StringComparer.Ordinal).First();
        using DecoderModel model = await DecoderModel.LoadAsync(path).ConfigureAwait(false);
        using LocalChatClient client = new(model);
        IReadOnlyList<TaskItem> items = TaskSet.Draw(new ArithmeticFamily(), TaskSplit.Train, Questions, 8);
        Console.WriteLine($"{"strategy",-18} {"calls",5} {"tokens",7} {"ms",8} {"wait us",8} {"record ms",9} {"share",7} {"bytes",8} {"B/token",8}");
        foreach ((string strategy, int? samples) in Subjects)
        {
            Kept kept = new();
            ReasoningEngine engine = new(
                Features(), PromptLibrary.FromFolders(Path.Combine(AppContext.BaseDirectory, "prompts")), LabelledAnswerFormat.Instance, new RoleModels(new RoleModel(client) { Name = model.Name }), observer: kept);
            double own = double.MaxValue;
            foreach (TaskItem item in items.Concat(items))
            {
                long start = Stopwatch.GetTimestamp();
                await engine.SolveAsync(strategy, ReasoningTask.FromQuestion(item.Question) with { Id = item.Id }, new ReasoningRequest { Options = new StrategyOptions { Samples = samples } }).ConfigureAwait(false);
                own = Math.Min(own, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            await RecordAsync(strategy, kept.Requests, requests, own).ConfigureAwait(false);
        }

        return 0;
    }

    // The best of several rounds: what else the machine does can only add.
    private static async Task RecordAsync(string strategy, List<FinishedRequest> finished, int requests, double own)
    {
        const int Rounds = 5;
        (double wait, double whole, double bytes) = (double.MaxValue, double.MaxValue, 0);
        for (int round = 0; round < Rounds; round++)
        {
            string folder = Directory.CreateTempSubdirectory("agents-recording").FullName;
            try
            {
                TrajectoryRecorder recorder = new(folder, new TrajectoryRecorderOptions { Capacity = requests });
                await using (recorder.ConfigureAwait(false))
                {
                    long start = Stopwatch.GetTimestamp();
                    for (int i = 0; i < requests; i++)
                    {
                        await recorder.FinishedAsync(finished[i % finished.Count]).ConfigureAwait(false);
                    }

                    wait = Math.Min(wait, Stopwatch.GetElapsedTime(start).TotalMicroseconds / requests);
                    await recorder.FlushAsync().ConfigureAwait(false);
                    whole = Math.Min(whole, Stopwatch.GetElapsedTime(start).TotalMilliseconds / requests);
                    bytes = recorder.Counts.Bytes / (double)recorder.Counts.Written;
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        double tokens = finished.Average(request => (double)request.Result.Usage.Tokens);
        Console.WriteLine(FormattableString.Invariant(
            $"{strategy,-18} {finished.Average(request => request.Result.Usage.Calls),5:0} {tokens,7:0} {own,8:0.0} {wait,8:0.00} {whole,9:0.000} {whole / own,7:0.0%} {bytes,8:0} {bytes / tokens,8:0.0}"));
    }

    private static FeatureTable Features()
    {
        FeatureTable all = new();
        foreach (IPlugin plugin in new IPlugin[] { new Plugins.Malt.Plugin(), new Plugins.SelfAggregation.Plugin() })
        {
            FeatureTable one = PluginFeatureTable.Of(plugin);
            foreach (FeatureInfo info in one.List<IReasoningStrategy>())
            {
                all.Add(info, one.Acquire<IReasoningStrategy>(info.Id)!.Feature);
            }
        }

        return all;
    }

    private sealed class Kept : IRequestObserver
    {
        public List<FinishedRequest> Requests { get; } = [];

        public ValueTask FinishedAsync(FinishedRequest finished, CancellationToken cancellationToken = default)
        {
            Requests.Add(finished);
            return ValueTask.CompletedTask;
        }
    }
}
