using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Synthesis;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Strategies;

/// <summary>H, G and T over a scripted model that scores and adapts.</summary>
public sealed class ImprovementTests
{
    private const string Question = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";
    private const string Variant = """{"question": "tools: timer(min) sell(n,item). user: boil for 9 min", "answer": "tool: timer\nAnswer: timer(9)"}""";
    private static readonly ReasoningTask Task = ReasoningTask.FromQuestion(Question);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // l = (-0.1, -6, -7) of the specification: margin .993538.
    [Fact]
    public async Task Certain_AnswersPlainlyWithOneCall()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Score = Scores(-.1, -6, -7) };

        ReasoningResult result = await SolveAsync(model);

        Assert.Equal(("plain", 1, 0), (result.Answer!.FinalAnswer, result.Usage.Calls, model.Requests.Count));
        Assert.Equal((.993538, false, null), (Math.Round((double)Detail(result, "margin")!, 6), (bool)Detail(result, "adapted")!, Detail(result, "fallback")));
    }

    // l = (-2, -2.5, -5): margin .237557.
    [Fact]
    public async Task Unsure_WritesAPairTrainsOnItAndAnswersUnderTheAdapter()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Score = Scores(-2, -2.5, -5) };

        ReasoningResult result = await SolveAsync(model, """{"steps":7,"rank":4,"alpha":8,"learningRate":0.002}""");

        Assert.Equal(("adapted", 2, 0), (result.Answer!.FinalAnswer, result.Usage.Calls, model.Alive));
        AdaptationRequest request = Assert.Single(model.Requests);
        Assert.Equal((7, 4, 8.0, .002), (request.Steps, request.Rank, request.Alpha, request.LearningRate));
        AdaptationConversation example = Assert.Single(request.Conversations);
        Assert.Equal(("tools: timer(min) sell(n,item). user: boil for 9 min", "tool: timer\nAnswer: timer(9)"), (example.Prompt[^1].Text, example.Target.Text));
        Assert.Equal(("rss", true, "lora", 1, "0.5000 0.2500"), (Detail(result, "estimator"), (bool)Detail(result, "adapted")!, Detail(result, "update"), Detail(result, "pairs"), Detail(result, "losses")));
        Assert.Equal(.237557, (double)Detail(result, "margin")!, 1e-6);
        Assert.Equal(example.Prompt[^1].Text, Assert.Single((SyntheticPairs)Detail(result, "syntheticPairs")!).Question);
    }

    [Theory]
    [InlineData("uncertain", -.1, false)]
    [InlineData("certain", -.1, true)]
    [InlineData("uncertain", -5.5, true)]
    [InlineData("certain", -5.5, false)]
    [InlineData("all", -.1, true)]
    public async Task Selection_DecidesByTheMargin(string selection, double best, bool adapted)
    {
        using var model = new LocalScript(Script()) { Score = Scores(best, -6, -7) };

        ReasoningResult result = await SolveAsync(model, $$"""{"selection":"{{selection}}"}""");

        Assert.Equal(adapted, (bool)Detail(result, "adapted")!);
        Assert.Equal(adapted ? 1 : 0, model.Requests.Count);
    }

    [Theory]
    [InlineData("1", 24)]
    [InlineData("0", 0)]
    [InlineData("0.5", 12)]
    public async Task Selection_Random_TakesItsShareByTheItem(string share, int expected)
    {
        using var model = new LocalScript(Script()) { Score = Scores(-.1, -6, -7) };
        int adapted = 0;
        for (int i = 0; i < 24; i++)
        {
            ReasoningResult[] twice = [await SolveAsync(model, Settings(), Task with { Id = $"item {i}" }), await SolveAsync(model, Settings(), Task with { Id = $"item {i}" })];
            Assert.Equal(Detail(twice[0], "adapted"), Detail(twice[1], "adapted"));
            adapted += (bool)Detail(twice[0], "adapted")! ? 1 : 0;
        }

        Assert.InRange(adapted, expected == 12 ? 5 : expected, expected == 12 ? 19 : expected);
        string Settings() => $$"""{"selection":"random","share":{{share}}}""";
    }

    [Fact]
    public async Task Seed_OfTheAdapter_BelongsToTheItemNotToTheOrder()
    {
        using var model = new LocalScript(Script()) { Score = Scores(-2, -2.5, -5) };
        foreach (string id in new[] { "a", "b", "c", "b", "a" })
        {
            await SolveAsync(model, "{}", Task with { Id = id });
        }

        ulong[] seeds = [.. model.Requests.Select(request => request.Seed)];
        Assert.Equal((seeds[0], seeds[1], 3), (seeds[4], seeds[3], seeds.Distinct().Count()));
    }

    [Fact]
    public async Task Demonstrations_AreEarlierTurnsWithoutTraining()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Score = Scores(-2, -2.5, -5) };
        ReasoningTask task = new([new(ChatRole.System, "Be brief."), new(ChatRole.User, Question)]);

        ReasoningResult result = await SolveAsync(model, """{"update":"icl"}""", task);

        Assert.Equal((true, "icl", 0), ((bool)Detail(result, "adapted")!, Detail(result, "update"), model.Requests.Count));
        Assert.Equal(
            ["Be brief.", "tools: timer(min) sell(n,item). user: boil for 9 min", "tool: timer\nAnswer: timer(9)", Question], script.Calls[^1].Messages.Select(message => message.Text));
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User], script.Calls[^1].Messages.Select(message => message.Role));
    }

    [Fact]
    public async Task Teacher_WritesThePairs()
    {
        ScriptedChatClient own = Script();
        ScriptedChatClient teacher = new ScriptedChatClient().On("", new ScriptedAnswer("""{"question": "tools: call(who). user: call ann", "answer": "Answer: call(ann)"}"""));
        using var model = new LocalScript(own) { Score = Scores(-2, -2.5, -5) };
        var bench = new PluginBench(PluginFeatureTable.Of(new Plugin()), new RoleModels(new RoleModel(model)) { Roles = new Dictionary<string, RoleModel> { [PairWriter.TeacherRole] = new(teacher) } });

        ReasoningResult result = await bench.SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options("""{"generator":"teacher"}"""), task: Task, cancellationToken: Token);

        Assert.Equal(("adapted", 1), (result.Answer!.FinalAnswer, teacher.Calls.Count));
        Assert.Equal("tools: call(who). user: call ann", model.Requests[0].Conversations[0].Prompt[^1].Text);
        Assert.DoesNotContain(own.Calls, call => call.Messages[^1].Text.Contains(ImprovementScript.Variant, StringComparison.Ordinal));
    }

    // In the logs of an agent the turn before may hold the answer of the seed.
    [Fact]
    public async Task Generator_SeesTheQuestionAlone()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Score = Scores(-2, -2.5, -5) };
        ReasoningTask task = new([new(ChatRole.User, "Hello."), new(ChatRole.Assistant, "SECRET Answer: buy(3,eggs)"), new(ChatRole.User, Question)]);

        await SolveAsync(model, "{}", task);

        ScriptedCall generated = Assert.Single(script.Calls, call => call.Messages[^1].Text.Contains(ImprovementScript.Variant, StringComparison.Ordinal));
        Assert.Contains(Question, generated.Messages[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", string.Concat(generated.Messages.Select(message => message.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", string.Concat(model.Requests[0].Conversations[0].Prompt.Select(message => message.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_InvalidAtFirst_AreWrittenAgainThenDropped()
    {
        int written = 0;
        ScriptedChatClient script = new ScriptedChatClient()
            .On(ImprovementScript.Variant, (_, _) => Interlocked.Increment(ref written) switch { 1 => "nonsense", 2 => Variant, _ => Variant.Replace("9", "8", StringComparison.Ordinal) })
            .On("", new ScriptedAnswer("Answer: plain"));
        using var model = new LocalScript(script) { Score = Scores(-2, -2.5, -5) };

        ReasoningResult result = await SolveAsync(model, """{"pairs":2,"attempts":2}""");

        Assert.Equal((3, 2, 4), (written, model.Requests[0].Conversations.Count, result.Usage.Calls));
        Assert.Equal(["no pair", "kept", "kept"], result.Trace.Where(node => node.Notes.ContainsKey("pair")).Select(node => node.Notes["pair"]));
    }

    [Fact]
    public async Task Pairs_TheModelAnswersOtherwise_AreDroppedWhenAgreementIsAsked()
    {
        ScriptedChatClient script = new ScriptedChatClient()
            .On(ImprovementScript.Variant, new ScriptedAnswer(Variant))
            .On("boil for 9 min", new ScriptedAnswer("Answer: sell(9,eggs)"))
            .On("", new ScriptedAnswer("Answer: plain"));
        using var model = new LocalScript(script) { Score = Scores(-2, -2.5, -5) };

        ReasoningResult result = await SolveAsync(model, """{"agree":true,"attempts":1}""");

        Assert.Equal(("plain", "no valid pair was written", 0), (result.Answer!.FinalAnswer, Detail(result, "fallback"), model.Requests.Count));
    }

    [Fact]
    public async Task Vote_UnderTheAdapter_TakesTheMostFrequentAnswer()
    {
        int answered = 0;
        using var model = new LocalScript(Script()) { Score = Scores(-2, -2.5, -5), UnderAdapter = () => $"Answer: {(Interlocked.Increment(ref answered) == 1 ? "odd" : "even")}" };

        ReasoningResult result = await SolveAsync(model, """{"decoding":"vote"}""", samples: 3);

        Assert.Equal(("even", 4, 3), (result.Answer!.FinalAnswer, result.Usage.Calls, model.Used.Count));
    }

    [Fact]
    public async Task OfferedFunctions_AreScoredTrainedAndPassedOn()
    {
        AITool[] tools = [AIFunctionFactory.Create((int min) => min, "timer"), AIFunctionFactory.Create((int n, string item) => n, "buy")];
        ScriptedChatClient script = new ScriptedChatClient()
            .On(ImprovementScript.Variant, new ScriptedAnswer("""{"question": "Boil for 9 min.", "answer": {"name": "timer", "arguments": {"min": 9}}}"""))
            .On("", new ScriptedAnswer("Answer: plain"));
        List<string> scored = [];
        using var model = new LocalScript(script) { Score = text => Note(scored, text) };

        ReasoningResult result = await SolveAsync(model, "{}", ReasoningTask.FromQuestion("Order 3 eggs.") with { Options = new ChatOptions { Tools = tools } });

        Assert.True((bool)Detail(result, "adapted")!, (string?)Detail(result, "fallback"));
        Assert.All(scored, text => Assert.Contains("{\"name\": \"", text, StringComparison.Ordinal));
        AdaptationConversation example = model.Requests[0].Conversations[0];
        Assert.Equal(("timer", 2), (Assert.IsType<FunctionCallContent>(example.Target.Contents[0]).Name, example.Options!.Tools!.Count));
        Assert.Contains("buy: ", script.Calls[0].Messages[^1].Text, StringComparison.Ordinal);

        static double Note(List<string> seen, string text)
        {
            seen.Add(text);
            return -1;
        }
    }

    [Fact]
    public async Task TauQuantile_AfterTheWarmUp_FollowsTheMargins()
    {
        double best = -2;
        using var model = new LocalScript(Script()) { Score = text => text.EndsWith("timer", StringComparison.Ordinal) ? best : -6 };
        var bench = new PluginBench(new Plugin(), model);
        List<double> thresholds = [];
        for (int i = 0; i < 4; i++)
        {
            best = -.1 - i;
            ReasoningResult result = await bench.SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options("""{"tauQuantile":0.5,"warmUp":3}"""), task: Task, cancellationToken: Token);
            thresholds.Add((double)Detail(result, "threshold")!);
        }

        Assert.Equal([.95, .95, .95], thresholds[..3]);
        Assert.InRange(thresholds[3], .9, .99);
        Assert.NotEqual(.95, thresholds[3]);
    }

    private static Task<ReasoningResult> SolveAsync(IChatClient model, string settings = "{}", ReasoningTask? task = null, int? samples = null) =>
        new PluginBench(new Plugin(), model).SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options(settings, samples), task: task ?? Task, cancellationToken: Token);

    private static object? Detail(ReasoningResult result, string name) => result.Answer!.Details[name];

    private static ScriptedChatClient Script() => new ScriptedChatClient().On(ImprovementScript.Variant, new ScriptedAnswer(Variant)).On("", new ScriptedAnswer("Answer: plain"));

    private static Func<string, double> Scores(double timer, double buy, double call) =>
        text => text.EndsWith("timer", StringComparison.Ordinal) ? timer : text.EndsWith("buy", StringComparison.Ordinal) ? buy : call;
}
