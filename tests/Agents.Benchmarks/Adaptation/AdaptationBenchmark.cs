using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Tools;
using Agents.Models;
using Agents.Models.Decoder;
using Agents.Runtime.Adaptation;
using Microsoft.Extensions.AI;

namespace Agents.Benchmarks.Adaptation;

/// <summary>
/// Temporary adapters on the embedded model: milliseconds of adapting and answering over questions of the tool family, and many adaptations at once, after which weights, logits
/// and memory must be what they were.
/// </summary>
internal static class AdaptationBenchmark
{
    private const int WarmUp = 10;
    private const int Concurrency = 4;
    private const ulong Seed = 61;
    private const string Probe = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";

    /// <summary>Runs both parts.</summary>
    /// <param name="arguments">Questions of the timing (default 100), adaptations of the second part (default 1000), steps (default 5).</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int questions = Number(arguments, 0, 100);
        int cycles = Number(arguments, 1, 1000);
        int steps = Number(arguments, 2, 5);
        string path = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "models"), "tiny-*.gguf").OrderByDescending(file => file.Length).ThenByDescending(file => file, StringComparer.Ordinal).First();
        using DecoderModel model = await DecoderModel.LoadAsync(path).ConfigureAwait(false);
        using var client = new AdaptableChatClient(model);
        IReadOnlyList<TaskItem> items = TaskSet.Draw(new ToolsFamily(), TaskSplit.Test, questions + WarmUp, Seed);
        if (questions > 0)
        {
            await TimeAsync(client, items, steps).ConfigureAwait(false);
        }

        return cycles == 0 || await RepeatAsync(client, model, items, cycles, steps).ConfigureAwait(false) ? 0 : 1;
    }

    private static async Task TimeAsync(AdaptableChatClient client, IReadOnlyList<TaskItem> items, int steps)
    {
        List<double> adapt = [];
        List<double> answer = [];
        List<double> both = [];
        List<double> plain = [];
        for (int i = 0; i < items.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await AnswerAsync(client, items[i].Question, null).ConfigureAwait(false);
            double alone = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            ITemporaryAdapter adapter = await AdaptAsync(client, items[i], (ulong)i, steps).ConfigureAwait(false);
            double adapted = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await AnswerAsync(client, items[i].Question, adapter.Use).ConfigureAwait(false);
            await adapter.DisposeAsync().ConfigureAwait(false);
            double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i >= WarmUp)
            {
                plain.Add(alone);
                adapt.Add(adapted);
                answer.Add(whole - adapted);
                both.Add(whole);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items.Count - WarmUp} questions of the tool family, {steps} steps of rank 8 on one pair, milliseconds"));
        Console.WriteLine("| part | median | 90 % | largest |\n|---|---|---|---|");
        Row("adapt", adapt);
        Row("answer under the adapter, unload", answer);
        Row("adapt + answer", both);
        Row("plain answer", plain);
    }

    private static async Task<bool> RepeatAsync(AdaptableChatClient client, DecoderModel model, IReadOnlyList<TaskItem> items, int cycles, int steps)
    {
        string weights = HashOf(model.Weights);
        string logits = await ProbeAsync(client, model).ConfigureAwait(false);
        int done = 0;
        List<(int At, double Resident, double Managed)> memory = [];
        var gate = new Lock();
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, cycles), new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (cycle, _) =>
        {
            TaskItem item = items[cycle % items.Count];
            ITemporaryAdapter adapter = await AdaptAsync(client, item, (ulong)cycle, steps).ConfigureAwait(false);
            await using (adapter.ConfigureAwait(false))
            {
                await AnswerAsync(client, item.Question, adapter.Use).ConfigureAwait(false);
            }

            lock (gate)
            {
                if (++done % Math.Max(1, cycles / 10) == 0)
                {
                    memory.Add((done, Resident(), GC.GetTotalMemory(forceFullCollection: true) / (double)(1 << 20)));
                }
            }
        }).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string weightsAfter = HashOf(model.Weights);
        string logitsAfter = await ProbeAsync(client, model).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{cycles} adaptations, {Concurrency} at once, in {seconds:F1} s ({cycles / seconds:F1} a second); {model.Adapters.Ids.Count} adapters left"));
        Console.WriteLine($"weights before {weights}\nweights after  {weightsAfter}\nlogits before  {logits}\nlogits after   {logitsAfter}");
        Console.WriteLine("| after | resident MiB | managed MiB |\n|---|---|---|");
        foreach ((int at, double resident, double managed) in memory)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {at} | {resident:F1} | {managed:F1} |"));
        }

        bool same = weights == weightsAfter && logits == logitsAfter && model.Adapters.Ids.Count == 0;
        Console.WriteLine(same ? "identical" : "DIFFERENT");
        return same;
    }

    private static ValueTask<ITemporaryAdapter> AdaptAsync(AdaptableChatClient client, TaskItem item, ulong seed, int steps)
    {
        var stream = new SampleStream(Seed, seed);
        TaskItem pair = new ToolsFamily().CreateSimilar(item, ref stream);
        return client.GetService<IAdaptationSource>()!.AdaptAsync(new AdaptationRequest
        {
            Conversations = [new AdaptationConversation([new ChatMessage(ChatRole.User, pair.Question)], new ChatMessage(ChatRole.Assistant, pair.Solution))],
            Steps = steps,
            Seed = seed,
        });
    }

    private static Task<ChatResponse> AnswerAsync(AdaptableChatClient client, string question, AdapterUse? adapter)
    {
        ChatOptions options = new() { Temperature = 0, MaxOutputTokens = 128 };
        if (adapter is not null)
        {
            options.AdditionalProperties = new() { [ChatOptionKeys.Adapters] = new[] { adapter } };
        }

        return client.GetResponseAsync([new ChatMessage(ChatRole.User, question)], options);
    }

    // The log-probabilities of the whole vocabulary after a fixed prompt: its logits up to a constant.
    private static async Task<string> ProbeAsync(AdaptableChatClient client, DecoderModel model)
    {
        IReadOnlyList<int> prompt = client.GetService<IConversationEncoder>()!.EncodePrompt([new ChatMessage(ChatRole.User, Probe)]);
        int[][] every = [.. Enumerable.Range(0, model.Shape.VocabularySize).Select(id => new[] { id })];
        IReadOnlyList<float[]> scores = await model.ScoreAsync(new ScoreRequest(prompt, every)).ConfigureAwait(false);
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(scores.Select(score => score[0]).ToArray())));
    }

    /// <summary>Over the memory of all weights as it is; digests kept since loading do not count.</summary>
    private static unsafe string HashOf(DecoderWeights<float> weights)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (WeightTensor<float> tensor in weights.Tensors)
        {
            if (tensor.Quantized is { } quantized)
            {
                hash.AppendData(new ReadOnlySpan<byte>(quantized.Data, checked((int)quantized.Bytes)));
            }

            if (tensor.Packed is { } packed)
            {
                hash.AppendData(MemoryMarshal.AsBytes(packed.Panels.Span));
            }

            if (tensor.IsDense)
            {
                hash.AppendData(new ReadOnlySpan<byte>(tensor.Data, checked((int)(tensor.Length * sizeof(float)))));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static double Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }

    private static void Row(string part, List<double> values)
    {
        values.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {part} | {values[values.Count / 2]:F1} | {values[values.Count * 9 / 10]:F1} | {values[^1]:F1} |"));
    }

    private static int Number(string[] arguments, int at, int otherwise) => arguments.Length > at ? int.Parse(arguments[at], CultureInfo.InvariantCulture) : otherwise;
}
