using Agents.Models;
using Agents.Models.Decoder;
using Agents.Plugins.TestTimeImprovement.Uncertainty;
using Agents.Reasoning;
using Agents.Runtime.Adaptation;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Strategies;

/// <summary>The whole method on the embedded model: nothing of a request stays, and requests do not see each other (papers/61 §5 vector 4, §6).</summary>
public sealed class EmbeddedModelTests : IAsyncLifetime
{
    private static readonly string[] Questions =
    [
        "tools: timer(min) buy(n,item) call(who). user: order 3 eggs",
        "tools: qa=timer(min) ub=buy(n,item) vo=call(who). user: boil for 12 min",
        "tools: text(who,item) sell(n,item) add(a,b). user: 4 plus 9",
        "ann has 12 figs. finds 5 more. gives 3 to bob. how many?",
    ];

    private DecoderModel _model = null!;
    private AdaptableChatClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string file = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "models"), "tiny-*.gguf").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).First();
        _model = await DecoderModel.LoadAsync(file);
        _client = new AdaptableChatClient(_model);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _model.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Requests_FourAtOnce_AnswerAsAloneAndLeaveTheModelAsItWas()
    {
        float[] before = await ProbeAsync();
        List<string> alone = [];
        foreach (string question in Questions)
        {
            alone.Add(await SolveAsync(question));
        }

        string[] together = await Task.WhenAll(Questions.Concat(Questions).Select(question => Task.Run(() => SolveAsync(question), Token)));

        Assert.Equal([.. alone, .. alone], together);
        Assert.Empty(_model.Adapters.Ids);
        Assert.Equal(before, await ProbeAsync());
    }

    [Fact]
    public async Task Margins_OfToolQuestions_AreThoseOfTheOfferedFunctions()
    {
        ReasoningResult result = await Bench().SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options("""{"update":"none"}"""), task: ReasoningTask.FromQuestion(Questions[0]), cancellationToken: Token);

        Assert.Equal(("rss", 1), (result.Answer!.Details["estimator"], result.Usage.Calls));
        Assert.InRange((double)result.Answer.Details["margin"]!, 0, 1);
        string candidates = result.Trace.Single(node => node.Notes.ContainsKey("candidates")).Notes["candidates"];
        Assert.Equal(["timer", "buy", "call"], candidates.Split(' ').Select(part => part.Split(':')[0]));
    }

    // The first token of a decision may hold the blank before the name, so that name and prefix share it.
    [Fact]
    public async Task Scores_OfNames_AreThoseOfTheGeneratedAnswer()
    {
        ReasoningTask task = ReasoningTask.FromQuestion(Questions[0]);
        IReadOnlyList<int> prompt = _client.GetService<IConversationEncoder>()!.EncodePrompt(task.Messages);
        double[] scores = await CandidateActions.Of(task)!.ScoreAsync(_model, prompt, [], lengthNormalise: false, Token);

        float[] whole = (await _model.ScoreAsync(new ScoreRequest(prompt, [_model.Tokenizer.Encode("tool: buy")]), Token))[0];

        Assert.InRange(scores[1], whole.Sum() - 1e-6, 0);
        Assert.All(scores, score => Assert.True(score <= 0));
    }

    [Theory]
    [InlineData("""{"estimator":"perplexity","selection":"all"}""")]
    [InlineData("""{"estimator":"disagreement","selection":"all","update":"icl"}""")]
    [InlineData("""{"estimator":"rss","selection":"all","decoding":"vote","agree":true}""")]
    public async Task Variants_OnAnOpenQuestion_Answer(string settings)
    {
        ReasoningResult result = await Bench().SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options(settings, 3), task: ReasoningTask.FromQuestion(Questions[3]), cancellationToken: Token);

        Assert.NotNull(result.Answer);
        Assert.InRange((double)result.Answer.Details["margin"]!, 0, 1);
        Assert.Empty(_model.Adapters.Ids);
    }

    private PluginBench Bench() => new(new Plugin(), _client);

    private async Task<string> SolveAsync(string question)
    {
        ReasoningResult result = await Bench().SolveAsync(
            TestTimeImprovementStrategy.Id, PluginBench.Options("""{"selection":"all","attempts":3,"steps":3}""", 3), task: ReasoningTask.FromQuestion(question), cancellationToken: Token);
        return string.Join('|', result.Trace.Select(node => node.Text).Append(result.Answer!.Text).Append((string)result.Answer.Details["losses"]!));
    }

    private async Task<float[]> ProbeAsync()
    {
        int[][] every = [.. Enumerable.Range(0, _model.Shape.VocabularySize).Select(id => new[] { id })];
        IReadOnlyList<float[]> scores = await _model.ScoreAsync(
            new ScoreRequest(_client.GetService<IConversationEncoder>()!.EncodePrompt([new ChatMessage(ChatRole.User, Questions[0])]), every), Token);
        return [.. scores.Select(score => score[0])];
    }
}
