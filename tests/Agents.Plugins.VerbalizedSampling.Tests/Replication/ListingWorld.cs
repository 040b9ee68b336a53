using System.Globalization;
using System.Runtime.CompilerServices;
using Agents.Models;
using Agents.Plugins.VerbalizedSampling.Replication;
using Agents.Reasoning;
using Agents.Replication;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Tests.Replication;

/// <summary>
/// A model whose answers to the listing questions follow the law exactly: base answers by their frequency, answers of an aligned model by its 4th (weakly: 2nd) power,
/// enumerations evenly, typical lists by frequency. What is under test is the arithmetic of the check.
/// </summary>
internal sealed class ListingWorld : IChatClient, IGroupSampler, IConversationEncoder, ILanguageModel
{
    private readonly Dictionary<string, ExperimentItem> _items = [];
    private readonly List<IReadOnlyList<ExperimentItem>> _problems = [];

    public ListingWorld(double gamma = 4) => Gamma = gamma;

    public double Gamma { get; }

    /// <summary>Which requests are answered without any list.</summary>
    public Func<StrategyRun, ExperimentItem, bool> Loses { get; init; } = static (_, _) => false;

    public string Name => "world-1";

    public string GenerationId => "world";

    public ModelShape Shape { get; } = ModelShape.Uniform("llama", char.MaxValue + 1, 8, 1, new LayerShape(1, 1, 8, 8), 4096);

    public ITokenizer Tokenizer => CharacterTokenizer.Instance;

    public LanguageModelCapabilities Capabilities => LanguageModelCapabilities.Scoring | LanguageModelCapabilities.GroupSampling | LanguageModelCapabilities.Adapters;

    /// <summary>Makes the questions of a laboratory known.</summary>
    public void Learn(ILaboratory laboratory)
    {
        foreach (ExperimentSplit split in Enum.GetValues<ExperimentSplit>())
        {
            // Seeds of the check and sizes at least as large as its own.
            foreach (ExperimentItem item in laboratory.Items(new ItemQuery("listing", split, split == ExperimentSplit.Train ? 1_200 : 100, 5_100) { Difficulty = 1 }))
            {
                _items[item.Question] = item;
            }
        }

        _problems.AddRange(SynthesisCorpus.ByType(laboratory, ExperimentSplit.Train, 150, 9));
    }

    /// <summary>Problems in lists of five different types after the law, with the law's shares as weights; the last of every list is no problem.</summary>
    public WeightedCandidates Problems(int count, ulong seed)
    {
        List<WeightedCandidate> candidates = [];
        for (int call = 0; call < count / ListingScale.ListLength; call++)
        {
            SampleStream stream = new(seed, (ulong)call, 1);
            string[] lines = ProblemList(1, ref stream);
            candidates.AddRange(lines.Select((line, i) => new WeightedCandidate(i < lines.Length - 1 ? line : "zor on", 1.0 / count) { RawWeight = 0.2, Call = call }));
        }

        return new WeightedCandidates(candidates);
    }

    /// <summary>Lists with true probabilities, drawn without replacement, as the strategy would hand them out.</summary>
    public static WeightedCandidates Lists(ExperimentItem item, int count, ulong seed, double power = 1)
    {
        List<WeightedCandidate> candidates = [];
        for (int call = 0; call < count / ListingScale.ListLength; call++)
        {
            SampleStream stream = new(seed, (ulong)call);
            Dictionary<string, double> law = item.Distribution.ToDictionary(pair => pair.Key, pair => Math.Pow(pair.Value, power));
            candidates.AddRange(ListingCorpus.Draw(law, ListingScale.ListLength, ref stream).Select(pair => new WeightedCandidate(pair.Key, 0) { RawWeight = item.Distribution[pair.Key], Call = call }));
        }

        double sum = candidates.Sum(candidate => candidate.RawWeight);
        return new WeightedCandidates([.. candidates.Select(candidate => candidate with { Weight = candidate.RawWeight / sum })]);
    }

    public Task<IReadOnlyList<ChatResponse>> SampleAsync(IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        SampleStream stream = (SampleStream)options!.AdditionalProperties![ChatOptionKeys.Stream]!;
        double power = PowerOf((string)options.AdditionalProperties[ChatOptionKeys.Adapters]!);
        return Task.FromResult<IReadOnlyList<ChatResponse>>([.. Enumerable.Range(0, count).Select(i =>
        {
            SampleStream own = stream.Fork((ulong)i);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer(messages[^1].Text, power, ref own)));
        })]);
    }

    public IReadOnlyList<int> EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) => Tokenizer.Encode(messages[^1].Text);

    public EncodedConversation EncodeTarget(IReadOnlyList<ChatMessage> messages, ChatMessage target, ChatOptions? options = null) =>
        new(EncodePrompt(messages), Tokenizer.Encode(target.Text));

    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        string prompt = Tokenizer.Decode([.. request.PrefixTokenIds]);
        string[] texts = [.. request.Continuations.Select(ids => Tokenizer.Decode([.. ids]))];
        double power = PowerOf(request.Adapters[0].Id);
        ExperimentItem item = _items[prompt.Split('\n')[0]];
        double total = item.Distribution.Values.Sum(p => Math.Pow(p, power));
        return ValueTask.FromResult<IReadOnlyList<float[]>>([.. texts.Select(text => new[]
        {
            prompt.Contains('\n', StringComparison.Ordinal) ? -text.Length : (float)Math.Log(Math.Pow(item.Distribution[text[(text.LastIndexOf(' ') + 1)..]], power) / total),
        })]);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public void Dispose()
    {
    }

    private double PowerOf(string adapter) => adapter.StartsWith("base", StringComparison.Ordinal) || (adapter.StartsWith("writer", StringComparison.Ordinal) && !adapter.StartsWith("writer-aligned", StringComparison.Ordinal)) ? 1 : adapter.StartsWith("aligned-weakly", StringComparison.Ordinal) ? 1 + ((Gamma - 1) / 3) : Gamma;

    private string Answer(string prompt, double power, ref SampleStream stream)
    {
        string[] lines = prompt.Split('\n');
        if (lines[0] == SynthesisCorpus.Request)
        {
            return lines.Length == 1 ? Problem(power, ref stream) : string.Join('\n', ProblemList(1, ref stream));
        }

        ExperimentItem item = _items[lines[0]];
        Dictionary<string, double> law = item.Distribution.ToDictionary(pair => pair.Key, pair => Math.Pow(pair.Value, power));
        return lines.Length == 1 ? ListingPrompts.Response(item, ListingCorpus.Draw(law, 1, ref stream)[0].Key)
            : lines[1].StartsWith("name", StringComparison.Ordinal) ? string.Join('\n', ListingCorpus.Draw(item.Distribution.ToDictionary(pair => pair.Key, _ => 1.0), 5, ref stream).Select(pair => pair.Key))
            : lines[1].StartsWith("give", StringComparison.Ordinal) ? string.Join('\n', ListingCorpus.Draw(item.Distribution, 5, ref stream).Select(pair => pair.Key))
            : string.Join('\n', ListingCorpus.Draw(item.Distribution, 5, ref stream).Select(pair => ListingPrompts.Line(pair.Key, pair.Value)));
    }

    private static Dictionary<string, double> Types(double power) =>
        SynthesisScale.Law.Select((share, i) => (Type: i, Share: share)).ToDictionary(pair => pair.Type.ToString(CultureInfo.InvariantCulture), pair => Math.Pow(pair.Share, power));

    private string Problem(double power, ref SampleStream stream) => OfType(ListingCorpus.Draw(Types(power), 1, ref stream)[0].Key, ref stream);

    private string[] ProblemList(double power, ref SampleStream stream)
    {
        List<string> problems = [];
        foreach ((string type, _) in ListingCorpus.Draw(Types(power), ListingScale.ListLength, ref stream))
        {
            problems.Add(OfType(type, ref stream));
        }

        return [.. problems];
    }

    private string OfType(string type, ref SampleStream stream)
    {
        IReadOnlyList<ExperimentItem> problems = _problems[int.Parse(type, CultureInfo.InvariantCulture)];
        return problems[stream.NextInt(problems.Count)].Question;
    }
}
