using System.Runtime.CompilerServices;
using Agents.Evaluation.Speed;
using Agents.Models;

namespace Agents.Evaluation.Tests.Speed;

public sealed class EngineBenchmarkTests
{
    [Fact]
    public async Task GroupAsync_EachStepTakesASecond_CountsThePromptApart()
    {
        SteppedModel model = new(contextLength: 64);
        EngineBenchmark benchmark = new(model, new SampleStream(1), model.Clock);
        GroupTiming timing = await benchmark.GroupAsync([1, 2, 3], samples: 2, tokens: 4, TestContext.Current.CancellationToken);
        Assert.Equal(new GroupTiming(2, 6, 6), timing);
    }

    [Fact]
    public async Task DecodeAsync_TenTokens_LeavesThePromptAndTheFirstTokenOut()
    {
        SteppedModel model = new(contextLength: 64);
        EngineBenchmark benchmark = new(model, new SampleStream(1), model.Clock);
        Assert.Equal(10, await benchmark.DecodeAsync([1], 10, TestContext.Current.CancellationToken));
        Assert.Equal(1, await benchmark.PrefillAsync([1, 2], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void NextPrompt_Twice_GivesDifferentIdsOfTheVocabulary()
    {
        SteppedModel model = new(contextLength: 64);
        EngineBenchmark benchmark = new(model, new SampleStream(1), model.Clock);
        int[] first = benchmark.NextPrompt(20);
        Assert.NotEqual(first, benchmark.NextPrompt(20));
        Assert.All(first, id => Assert.InRange(id, 0, 99));
    }

    [Fact]
    public async Task MeasureAsync_ShortContext_CutsLengthsAndNeverAsksForMore()
    {
        SteppedModel model = new(contextLength: 300);
        List<SpeedRow> rows = [];
        await foreach (SpeedRow row in EngineReport.MeasureAsync(model, 2, new EngineBenchmarkOptions { Rounds = 2 }, model.Clock, TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        Assert.Equal(["decode", "prefill", "group", "context", "context", "memory"], rows.Select(row => row.Name));
        Assert.Equal([128, 256], rows.Where(row => row.Name == "context").Select(row => row.Context));
        Assert.All(rows.Take(5), row => Assert.True(row.TokensPerSecond > 0));
        Assert.Equal(1.0, rows[0].TokensPerSecond, 9);
        Assert.True(rows[^1].Bytes > 0);
        Assert.True(model.Longest <= 300);
    }

    [Fact]
    public void Validate_NonPositiveCounts_ListsAllOfThem()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new EngineBenchmarkOptions { Rounds = 0, ContextLengths = [128, 0] }.Validate());
        Assert.Contains("rounds", error.Message, StringComparison.Ordinal);
        Assert.Contains("context length", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Every token takes exactly one second of its own clock.</summary>
    private sealed class SteppedModel(int contextLength) : ILanguageModel
    {
        public SteppedClock Clock { get; } = new();

        public int Longest { get; private set; }

        public string Name => "stepped";

        public string GenerationId => "0";

        public ModelShape Shape { get; } = ModelShape.Uniform("llama", 100, 16, 1, new LayerShape(1, 1, 16, 16), contextLength);

        public ITokenizer Tokenizer => throw new InvalidOperationException("A speed measurement needs no text.");

        public LanguageModelCapabilities Capabilities => LanguageModelCapabilities.GroupSampling;

        public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Longest = Math.Max(Longest, request.Prompts[0].TokenIds.Count + request.MaxTokens);
            for (int token = 0; token < request.MaxTokens; token++)
            {
                for (int sample = 0; sample < request.Prompts[0].Streams.Count; sample++)
                {
                    Clock.Seconds++;
                    yield return new GeneratedToken(sample, 1, 0, 0, 1, token + 1 == request.MaxTokens ? GenerationFinish.Length : GenerationFinish.None);
                }
            }

            await Task.CompletedTask;
        }

        public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
