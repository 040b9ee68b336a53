using Agents.Budgets;
using Agents.Models;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Tests.Strategies;

/// <summary>Whatever fails, the plain answer comes, the reason is noted and no adapter stays; what cannot be met and was asked for is refused.</summary>
public sealed class FallbackTests
{
    private const string Question = "tools: timer(min) buy(n,item) call(who). user: order 3 eggs";
    private const string Variant = """{"question": "tools: timer(min) sell(n,item). user: boil for 9 min", "answer": "tool: timer\nAnswer: timer(9)"}""";
    private static readonly ReasoningTask Task = ReasoningTask.FromQuestion(Question);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrainingFails_AnswersPlainly()
    {
        using var model = new LocalScript(Script()) { Training = _ => throw new AdaptationException("The rate\nis too high.") };

        ReasoningResult result = await SolveAsync(model);

        RequirePlain(result, "training failed: The rate is too high.", model);
        Assert.Equal(1, result.Answer!.Details["pairs"]);
    }

    [Fact]
    public async Task AnswerUnderTheAdapterFails_AnswersPlainlyAndUnloadsTheAdapter()
    {
        using var model = new LocalScript(Script()) { UnderAdapter = () => throw new InvalidOperationException("Lost.") };

        ReasoningResult result = await SolveAsync(model);

        RequirePlain(result, "answering failed: Lost.", model);
        Assert.Single(model.Requests);
    }

    [Fact]
    public async Task AnswerUnderTheAdapterIsEmpty_AnswersPlainly()
    {
        using var model = new LocalScript(Script()) { UnderAdapter = () => "" };

        RequirePlain(await SolveAsync(model), "the improved model answered nothing", model);
    }

    [Fact]
    public async Task ScoringFails_AnswersPlainlyWithoutMargin()
    {
        using var model = new LocalScript(Script()) { Score = _ => throw new IOException("Broken.") };

        ReasoningResult result = await SolveAsync(model);

        RequirePlain(result, "measuring failed: Broken.", model);
        Assert.Null(result.Answer!.Details["margin"]);
    }

    [Fact]
    public async Task GeneratorFails_AnswersPlainly()
    {
        using var hanging = new HangingChatClient(Script(), text => text.Contains(ImprovementScript.Variant, StringComparison.Ordinal)) { Error = () => new HttpRequestException("Gone.") };
        using var model = new LocalScript(hanging);

        RequirePlain(await SolveAsync(model), "writing pairs failed: Gone.", model);
    }

    [Fact]
    public async Task Cancelled_InTraining_EndsAndLeavesNoAdapter()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var model = new LocalScript(Script()) { Training = token => Cancelled(cancel, token) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PluginBench(new Plugin(), model).SolveAsync(
            TestTimeImprovementStrategy.Id, PluginBench.Options(), task: Task, cancellationToken: cancel.Token));

        Assert.Equal(0, model.Alive);

        static async Task Cancelled(CancellationTokenSource source, CancellationToken token)
        {
            await source.CancelAsync();
            await System.Threading.Tasks.Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact]
    public async Task TimeBudget_EndsTrainingAndAnswersPlainly()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var model = new LocalScript(Script())
        {
            Training = async token =>
            {
                entered.SetResult();
                await System.Threading.Tasks.Task.Delay(Timeout.Infinite, token);
            },
        };
        var bench = new PluginBench(new Plugin(), model);

        Task<ReasoningResult> solving = bench.SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options("""{"timeBudgetMs":200}"""), task: Task, cancellationToken: Token);
        await entered.Task.WaitAsync(Token);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(201));

        RequirePlain(await solving.WaitAsync(TimeSpan.FromSeconds(10), Token), "the time budget of 200 ms ended while training", model);
    }

    [Fact]
    public async Task RateBudget_HoldsOverAllRequestsForAMinute()
    {
        using var model = new LocalScript(Script());
        var bench = new PluginBench(new Plugin(), model);
        List<string?> reasons = [];
        foreach (int seconds in new[] { 0, 10, 10, 41 })
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(seconds));
            ReasoningResult result = await bench.SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options("""{"maxAdaptationsPerMinute":2}"""), task: Task, cancellationToken: Token);
            reasons.Add((string?)result.Answer!.Details["fallback"]);
        }

        Assert.Equal([null, null, "the rate budget is used up", null], reasons);
        Assert.Equal(3, model.Requests.Count);
    }

    [Fact]
    public async Task CallBudgetOfOne_AnswersPlainly()
    {
        using var model = new LocalScript(Script());

        ReasoningResult result = await new PluginBench(new Plugin(), model).SolveAsync(TestTimeImprovementStrategy.Id, budget: new Budget { Calls = 1 }, task: Task, cancellationToken: Token);

        RequirePlain(result, "the budget of the request pays for the plain answer only", model);
    }

    // An endpoint without log-probabilities and adapters: sampled answers, then demonstrations.
    [Fact]
    public async Task Endpoint_DegradesToDisagreementAndDemonstrations()
    {
        ScriptedChatClient script = new ScriptedChatClient().On(ImprovementScript.Variant, new ScriptedAnswer(Variant)).On("", (_, stream) => $"Answer: {stream.NextInt(int.MaxValue)}");

        ReasoningResult result = await SolveAsync(script, samples: 3);

        Assert.Equal(("disagreement", "icl", true, 5), (result.Answer!.Details["estimator"], result.Answer.Details["update"], (bool)result.Answer.Details["adapted"]!, script.Calls.Count));
        Assert.True(Equals(0.0, result.Answer.Details["margin"]), string.Join(" / ", script.Calls.Select(call => call.Text)));
    }

    [Fact]
    public async Task Endpoint_WhereSamplesAgree_AnswersWithThem()
    {
        ScriptedChatClient script = Script();

        ReasoningResult result = await SolveAsync(script, samples: 4);

        Assert.Equal(("plain", 4, 1.0), (result.Answer!.FinalAnswer, script.Calls.Count, result.Answer.Details["margin"]));
    }

    [Theory]
    [InlineData("""{"update":"lora"}""", "update 'lora' needs a model in this process that makes temporary adapters")]
    [InlineData("""{"estimator":"rss"}""", "estimator 'rss' needs a model that scores the offered functions")]
    [InlineData("""{"estimator":"perplexity"}""", "estimator 'perplexity' needs a model that gives log-probabilities")]
    public async Task Endpoint_AskedForTheImpossible_RefusesInOneLineBeforeAnyCall(string settings, string expected)
    {
        ScriptedChatClient script = Script();

        AgentsException error = await Assert.ThrowsAnyAsync<AgentsException>(() => SolveAsync(script, settings));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Empty(script.Calls);
    }

    // What is improved is the model under its adapters: they are trained over, measured with and answered with.
    [Fact]
    public async Task RequestWithAdaptersOfItsOwn_IsImprovedOverThem()
    {
        var options = new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Adapters] = "mine" } };
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Served = ["mine"] };

        ReasoningResult result = await SolveAsync(model, """{"update":"lora","selection":"all"}""", Task with { Options = options });

        Assert.Equal("adapted", result.Answer!.FinalAnswer);
        Assert.Equal([new AdapterUse("mine")], Assert.Single(model.Requests).Adapters);
        Assert.Equal([new AdapterUse("mine"), new AdapterUse("temporary-1")], model.Used[^1]);
        Assert.Equal([new AdapterUse("mine")], model.Used[0]);
        Assert.Equal(0, model.Alive);
    }

    [Fact]
    public async Task RoleWithAdapters_IsImprovedOverThem()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Served = ["role"], Bound = [new AdapterUse("role", 0.5)] };

        ReasoningResult result = await SolveAsync(model, """{"update":"lora","selection":"all"}""");

        Assert.Equal("adapted", result.Answer!.FinalAnswer);
        Assert.Equal([new AdapterUse("role", 0.5)], Assert.Single(model.Requests).Adapters);
        Assert.Equal([new AdapterUse("role", 0.5), new AdapterUse("temporary-1")], Assert.Single(model.Used));
    }

    [Fact]
    public async Task Margins_AreThoseUnderTheAdaptersOfTheRequest()
    {
        ScriptedChatClient script = Script();
        using var model = new LocalScript(script) { Served = ["mine"] };
        var options = new ChatOptions { AdditionalProperties = new() { [ChatOptionKeys.Adapters] = "mine" } };

        await SolveAsync(model, """{"update":"none"}""", ReasoningTask.FromQuestion("tools: timer(min) buy(n,item). user: order 3 eggs") with { Options = options });

        Assert.Equal([new AdapterUse("mine")], Assert.Single(model.Scored));
    }

    private static void RequirePlain(ReasoningResult result, string reason, LocalScript model)
    {
        Assert.Equal(("plain", false, reason, 0), (result.Answer!.FinalAnswer, (bool)result.Answer.Details["adapted"]!, (string?)result.Answer.Details["fallback"], model.Alive));
        Assert.Contains(result.Trace, node => node.Notes.TryGetValue("fallback", out string? noted) && noted == reason);
    }

    private static Task<ReasoningResult> SolveAsync(IChatClient model, string settings = "{}", ReasoningTask? task = null, int? samples = null) =>
        new PluginBench(new Plugin(), model).SolveAsync(TestTimeImprovementStrategy.Id, PluginBench.Options(settings, samples), task: task ?? Task, cancellationToken: Token);

    private static ScriptedChatClient Script() => new ScriptedChatClient().On(ImprovementScript.Variant, new ScriptedAnswer(Variant)).On("", new ScriptedAnswer("Answer: plain"));
}
