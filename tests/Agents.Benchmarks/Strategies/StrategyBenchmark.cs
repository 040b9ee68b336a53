using System.Diagnostics;
using Agents.Budgets;
using Agents.Plugins;
using Agents.Plugins.CodePipeline;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Running;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Prompts;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Benchmarks.Strategies;

/// <summary>
/// What strategies cost without their model: microseconds and allocated bytes per model call, the model's own share subtracted, message text shown apart; then how a thousand
/// requests at once keep their budgets and how soon they end when all are cancelled.
/// </summary>
internal static class StrategyBenchmark
{
    private const double MostMicroseconds = 50;
    private const double MostBytes = 8 * 1024;
    private const int Concurrent = 1000;
    private static readonly MeasuredRunner Runner = new(new MiniRunner());

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Text that names must contain.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        string part = arguments.Length > 0 ? arguments[0] : "";
        FeatureTable features = Features();
        Console.WriteLine($"{"strategy",-42} {"calls",5} {"us/call",8} {"B/call",8} {"client us",9} {"client B",8} {"text B",7} {"runs us",7} {"runs B",7} {"net us",7} {"net B",7}");
        bool met = true;
        foreach (BenchmarkSubject subject in BenchmarkSubject.All.Where(subject => subject.Name.Contains(part, StringComparison.Ordinal)))
        {
            met &= await MeasureAsync(features, subject).ConfigureAwait(false);
        }

        Console.WriteLine("net: per call, without the client's own share (streamed where the strategy streams), the text of replies and prompts (the task's own aside), the token ids handed to it, and the runs and traces of programs (code-pipeline)");
        foreach (bool tokens in new[] { false, true })
        {
            await ConcurrentAsync(features, tokens).ConfigureAwait(false);
        }

        await CancelAsync(features).ConfigureAwait(false);
        Console.WriteLine(met ? $"every strategy stays below {MostMicroseconds} us and {MostBytes} B per call" : $"some strategy exceeds {MostMicroseconds} us or {MostBytes} B per call");
        return met ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(FeatureTable features, BenchmarkSubject subject)
    {
        using var client = new InstantChatClient { Question = subject.Task.Question };
        ReasoningEngine engine = Engine(features, client);
        ReasoningRequest request = subject.Request(client);
        Measured whole = await RepeatAsync(client, () => engine.SolveAsync(subject.Strategy, subject.Task, request)).ConfigureAwait(false);
        Measured plain = await RepeatAsync(client, () => client.GetResponseAsync(subject.Task.Messages)).ConfigureAwait(false);
        Measured streamed = await RepeatAsync(client, () => ReadAsync(client, subject.Task.Messages)).ConfigureAwait(false);
        double calls = whole.Calls;
        double share = whole.Streamed / calls;
        (double own, double ownBytes) = (plain.Microseconds + (share * (streamed.Microseconds - plain.Microseconds)), plain.Bytes + (share * (streamed.Bytes - plain.Bytes)));
        double text = 2.0 * whole.Characters / calls;
        double net = ((whole.Microseconds - whole.RunMicroseconds) / calls) - own;
        double netBytes = ((whole.Bytes - whole.RunBytes) / calls) - ownBytes - text;
        Console.WriteLine(FormattableString.Invariant(
            $"{subject.Name,-42} {calls,5} {whole.Microseconds / calls,8:0.0} {whole.Bytes / calls,8:0} {own,9:0.00} {ownBytes,8:0} {text,7:0} {whole.RunMicroseconds / calls,7:0.0} {whole.RunBytes / calls,7:0} {net,7:0.0} {netBytes,7:0}"));
        return net <= MostMicroseconds && netBytes <= MostBytes;
    }

    private static async Task<int> ReadAsync(InstantChatClient client, IReadOnlyList<ChatMessage> messages)
    {
        int updates = 0;
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(messages).ConfigureAwait(false))
        {
            updates++;
        }

        return updates;
    }

    // The best of several rounds: what else the machine does can only add.
    private static async Task<Measured> RepeatAsync<T>(InstantChatClient client, Func<Task<T>> run)
    {
        const int Rounds = 8;
        const int Repetitions = 300;
        var best = new Measured(double.MaxValue, double.MaxValue, 0, 0, 0, 0, 0);
        for (int round = 0; round < Rounds; round++)
        {
            (long calls, long streamed, long characters, double runMicroseconds, long runBytes) = (client.Calls, client.Streamed, client.Characters, Runner.Microseconds, Runner.Bytes);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Repetitions; i++)
            {
                await run().ConfigureAwait(false);
            }

            double microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Repetitions;
            double bytes = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Repetitions;
            runMicroseconds = (Runner.Microseconds - runMicroseconds) / Repetitions;
            double ranBytes = (double)(Runner.Bytes - runBytes) / Repetitions;
            (microseconds, runMicroseconds) = microseconds - runMicroseconds < best.Microseconds - best.RunMicroseconds ? (microseconds, runMicroseconds) : (best.Microseconds, best.RunMicroseconds);
            (bytes, ranBytes) = bytes - ranBytes < best.Bytes - best.RunBytes ? (bytes, ranBytes) : (best.Bytes, best.RunBytes);
            best = new Measured(microseconds, bytes, runMicroseconds, ranBytes, (client.Calls - calls) / Repetitions, (client.Streamed - streamed) / Repetitions, (client.Characters - characters) / Repetitions);
        }

        return best;
    }

    private static async Task ConcurrentAsync(FeatureTable features, bool tokens)
    {
        using var client = new InstantChatClient();
        ReasoningEngine engine = Engine(features, client);
        long start = Stopwatch.GetTimestamp();
        ReasoningResult[] results = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => System.Threading.Tasks.Task.Run(() => engine.SolveAsync(
            Subject(i).Strategy, Subject(i).Task, Numbered(i, client, tokens ? new Budget { Tokens = 60 + (i % 40 * 18) } : new Budget { Calls = 1 + (i % 12) }))))).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int exceeded = results.Where((result, i) => tokens ? result.Usage.Tokens > 60 + (i % 40 * 18) : result.Usage.Calls > 1 + (i % 12)).Count();
        Console.WriteLine(FormattableString.Invariant(
            $"{Concurrent} at once with {(tokens ? "token" : "call")} budgets: {exceeded} exceeded, {results.Sum(result => result.Usage.Calls)} calls charged, {client.Calls} made, {seconds * 1e3:0} ms"));
    }

    private static async Task CancelAsync(FeatureTable features)
    {
        using var client = new HangingChatClient(new InstantChatClient(), static _ => true);
        ReasoningEngine engine = Engine(features, client);
        using var cancel = new CancellationTokenSource();
        Task<ReasoningResult>[] running = [.. Enumerable.Range(0, Concurrent).Select(i => engine.SolveAsync(Subject(i).Strategy, Subject(i).Task, Subject(i).Request(client), cancel.Token))];
        await client.Hanging.ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        await cancel.CancelAsync().ConfigureAwait(false);
        await ((System.Threading.Tasks.Task)System.Threading.Tasks.Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Console.WriteLine(FormattableString.Invariant($"{Concurrent} hanging requests cancelled: all ended after {milliseconds:0.0} ms, {running.Count(task => task.IsCanceled)} as cancelled"));
    }

    private static ReasoningEngine Engine(FeatureTable features, IChatClient client) => new(
        features, PromptLibrary.FromFolders(Path.Combine(AppContext.BaseDirectory, "prompts")), LabelledAnswerFormat.Instance, RoleModels.Single(client, "instant"));

    private static BenchmarkSubject Subject(int index) => BenchmarkSubject.All[index % BenchmarkSubject.All.Count];

    private static ReasoningRequest Numbered(int index, IChatClient client, Budget budget)
    {
        ReasoningRequest request = Subject(index).Request(client);
        return request with { Options = request.Options with { Seed = (ulong)index }, Budget = budget };
    }

    private static FeatureTable Features()
    {
        var all = new FeatureTable();
        all.Add<IReasoningStrategy>(new FeatureInfo(CodePipelineStrategy.Id, "With programs of the mini-language."), new CodePipelineStrategy(new CodeRunners([Runner])));
        foreach (IPlugin plugin in new IPlugin[]
        {
            new Plugins.Auto.Plugin(), new Plugins.Malt.Plugin(), new Plugins.SelfAggregation.Plugin(), new Plugins.Sift.Plugin(), new Plugins.TestTimeImprovement.Plugin(),
            new Plugins.VerbalizedSampling.Plugin(),
        })
        {
            FeatureTable one = PluginFeatureTable.Of(plugin);
            foreach (FeatureInfo info in one.List<IReasoningStrategy>())
            {
                all.Add(info, one.Acquire<IReasoningStrategy>(info.Id)!.Feature);
            }
        }

        return all;
    }

    /// <summary>What one run took: in all, and running programs of it.</summary>
    private sealed record Measured(double Microseconds, double Bytes, double RunMicroseconds, double RunBytes, long Calls, long Streamed, long Characters);
}
