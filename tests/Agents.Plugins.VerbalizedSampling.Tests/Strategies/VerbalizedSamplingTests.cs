using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Models;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Tests.Strategies;

public sealed class VerbalizedSamplingTests
{
    private const string Id = VerbalizedSamplingStrategy.Id;

    // papers/51 §2.3: ⌈N / k⌉ calls.
    [Theory]
    [InlineData("{}", null, 1)]
    [InlineData("{}", 5, 1)]
    [InlineData("{}", 6, 2)]
    [InlineData("""{"candidates":4}""", 20, 5)]
    [InlineData("""{"candidates":20}""", 20, 1)]
    [InlineData("""{"variant":"cot"}""", 12, 3)]
    [InlineData("""{"variant":"multi"}""", 12, 3)]
    [InlineData("""{"variant":"sequence"}""", 12, 3)]
    public async Task Calls_AreWhatTheFormulaSays(string settings, int? samples, int calls)
    {
        ScriptedChatClient model = new ScriptedChatClient().On("", (messages, _) => List(messages));

        ReasoningResult result = await Solve(model, settings, samples);

        Assert.Equal((calls, calls), (result.Usage.Calls, model.Calls.Count));
    }

    [Fact]
    public async Task Answer_HoldsTheWholeDistribution()
    {
        ScriptedChatClient model = VerbalizedScript.Lists("""{"responses":[{"text":"figs","probability":"40%"},{"text":"pears","probability":0.6},{"text":"nuts"}]}""");

        ReasoningResult result = await Solve(model, """{"select":"argmax"}""");

        WeightedCandidates candidates = WeightedCandidates.Of(result.Answer!)!;
        Assert.Equal(["pears", "figs", "nuts"], candidates.Items.Select(item => item.Text));
        Assert.Equal([.6, .4, 0], candidates.Items.Select(item => Math.Round(item.Weight, 12)));
        Assert.Equal((1, 2), (candidates.Missing, candidates.Repaired));
        Assert.Equal(("pears", "pears", .6), (result.Answer!.Text, result.Answer.FinalAnswer, (double)result.Answer.Details["weight"]!));
        Assert.Equal("0.60 pears; 0.40 figs; 0.00 nuts", candidates.ToString());
        Assert.Contains("40%: Percentage", result.Trace.Single(node => node.Notes.ContainsKey("repairs")).Notes["repairs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoWeightsAtAll_AreUniformAndFlagged()
    {
        ReasoningResult result = await Solve(VerbalizedScript.Lists("""{"responses":["a","b"]}"""), "{}");

        WeightedCandidates candidates = WeightedCandidates.Of(result.Answer!)!;
        Assert.Equal((2, 2), (candidates.Missing, candidates.Items.Count));
        Assert.Equal([.5, .5], candidates.Items.Select(item => item.Weight));
    }

    [Fact]
    public async Task Sequence_AsksForNoWeights_SoNoneIsMissing()
    {
        ScriptedChatClient model = VerbalizedScript.Lists("""{"responses":["a","b"]}""");

        ReasoningResult result = await Solve(model, """{"variant":"sequence"}""");

        Assert.Equal(0, WeightedCandidates.Of(result.Answer!)!.Missing);
        Assert.DoesNotContain("probability", model.Calls[0].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Select_Sample_FollowsTheWeightsOverSeeds()
    {
        const int Runs = 4000;
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6), ("b", .3), ("c", .1)));
        var bench = new PluginBench(new Plugin(), model);
        Dictionary<string, int> counts = [];
        for (int seed = 0; seed < Runs; seed++)
        {
            ReasoningResult result = await bench.SolveAsync(Id, PluginBench.Options(seed: (ulong)seed), cancellationToken: TestContext.Current.CancellationToken);
            counts[result.Answer!.Text] = counts.GetValueOrDefault(result.Answer.Text) + 1;
        }

        foreach ((string text, double weight) in new[] { ("a", .6), ("b", .3), ("c", .1) })
        {
            (double low, double high) = SampleRate.Interval(weight, Runs);
            Assert.InRange(counts[text] / (double)Runs, low, high);
        }
    }

    [Fact]
    public async Task Select_All_ListsEveryAnswerAndHasNoFinalOne()
    {
        ReasoningResult result = await Solve(VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6), ("b", .4))), """{"select":"all"}""");

        Assert.Equal("0.60 a\n0.40 b", result.Answer!.Text);
        Assert.Null(result.Answer.FinalAnswer);
    }

    [Fact]
    public async Task Multi_LaterTurns_SeeWhatWasGivenBefore()
    {
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6), ("b", .4)), VerbalizedScript.Json(("c", .1), ("d", .1)));

        ReasoningResult result = await Solve(model, """{"variant":"multi","candidates":2}""", 4);

        Assert.Equal(["a", "b", "c", "d"], WeightedCandidates.Of(result.Answer!)!.Items.OrderBy(item => item.Index).Select(item => item.Text));
        Assert.Equal([0, 0, 1, 1], WeightedCandidates.Of(result.Answer!)!.Items.OrderBy(item => item.Index).Select(item => item.Call));
        Assert.Equal(3, model.Calls[1].Messages.Count);
        Assert.Equal((ChatRole.Assistant, model.Calls[0].Text), (model.Calls[1].Messages[1].Role, model.Calls[1].Messages[1].Text));
        Assert.Contains("2 further responses", model.Calls[1].Messages[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Multi_CancelledInALaterTurn_KeepsAnAnswerOfTheFirst()
    {
        int calls = 0;
        var model = new HangingChatClient(VerbalizedScript.Lists(VerbalizedScript.Json(("a", 1), ("b", 0))), _ => Interlocked.Increment(ref calls) > 1);
        using var cancel = new CancellationTokenSource();
        Task<ReasoningResult> solving = new PluginBench(new Plugin(), model).Engine.SolveAsync(
            Id, PluginBench.Task, new ReasoningRequest { Options = PluginBench.Options("""{"variant":"multi"}""", 9), KeepDraftOnCancel = true }, cancel.Token);
        await model.Hanging;

        await cancel.CancelAsync();
        ReasoningResult result = await solving;

        Assert.Equal((StoppedBecause.Cancelled, "a"), (result.StoppedBecause, result.Answer!.Text));
    }

    [Fact]
    public async Task Multi_FirstTurn_MayAskForFewer()
    {
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6), ("b", .4)), VerbalizedScript.Json(("c", .1), ("d", .1), ("e", .1)));

        await Solve(model, """{"variant":"multi","candidates":3,"firstTurn":2}""", 5);

        Assert.Equal(2, model.Calls.Count);
        Assert.Contains("Give 2 different", model.Calls[0].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("3 further", model.Calls[1].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("standard", 3, 5)]
    [InlineData("multi", 3, 5)]
    public async Task UnreadableReply_IsAskedAgain(string variant, int calls, int candidates)
    {
        string list = VerbalizedScript.Json(("a", .2), ("b", .2), ("c", .2), ("d", .2), ("e", .2));

        ReasoningResult result = await Solve(VerbalizedScript.Lists("Sorry.", "I will not.", list), $$"""{"variant":"{{variant}}"}""");

        Assert.Equal((calls, candidates, 2), (result.Usage.Calls, (int)result.Answer!.Details["candidates"]!, (int)result.Answer.Details["unreadable"]!));
    }

    [Theory]
    [InlineData("""{"variant":"standard"}""", 3)]
    [InlineData("""{"variant":"multi"}""", 3)]
    [InlineData("""{"retries":0}""", 1)]
    public async Task NothingButUnreadableReplies_FailLoudly(string settings, int calls)
    {
        ScriptedChatClient model = VerbalizedScript.Lists("I cannot say.");

        UnreadableListException error = await Assert.ThrowsAsync<UnreadableListException>(() => Solve(model, settings));

        Assert.Contains("'I cannot say.'", error.Message, StringComparison.Ordinal);
        Assert.Equal(calls, model.Calls.Count);
    }

    [Fact]
    public async Task SomeUnreadableReplies_InABudget_KeepTheRest()
    {
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .5)), "no", "no", "no");
        var bench = new PluginBench(new Plugin(), model);

        ReasoningResult result = await bench.SolveAsync(
            Id, PluginBench.Options("""{"candidates":1,"retries":8}""", 4), new Budget { Calls = 6 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((6, StoppedBecause.Completed, "a"), (result.Usage.Calls, result.StoppedBecause, result.Answer!.Text));
    }

    [Theory]
    [InlineData("""{"promptTailMax":0.1}""", "below 0.1", "whole range")]
    [InlineData("{}", "whole range", "below")]
    [InlineData("""{"variant":"cot"}""", "\"reasoning\"", "below")]
    [InlineData("""{"guesses":false,"words":200}""", "about 200 words", "plausible")]
    [InlineData("""{"definition":"confidence"}""", "ordinary", "everything that could")]
    [InlineData("""{"definition":"percentage"}""", "0% to 100%", "ordinary")]
    [InlineData("""{"definition":"relative"}""", "with each other", "ordinary")]
    [InlineData("""{"definition":"implicit"}""", "is the likelihood of", "ordinary")]
    [InlineData("""{"definition":"perplexity"}""", "is the perplexity", "ordinary")]
    [InlineData("""{"definition":"nll"}""", "negative log-likelihood", "ordinary")]
    public async Task Prompt_Settings_SayExactlyOneThing(string settings, string has, string hasNot)
    {
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6)));

        await Solve(model, settings);

        string prompt = model.Calls[0].Messages[^1].Text;
        Assert.Contains(has, prompt, StringComparison.Ordinal);
        Assert.DoesNotContain(hasNot, prompt, StringComparison.Ordinal);
        Assert.StartsWith(PluginBench.Task.Question, prompt, StringComparison.Ordinal);
        Assert.Null(model.Calls[0].Options!.ResponseFormat);
    }

    [Theory]
    [InlineData(LanguageModelCapabilities.Grammar, "{}", true)]
    [InlineData(LanguageModelCapabilities.None, "{}", false)]
    [InlineData(LanguageModelCapabilities.None, """{"structured":true}""", true)]
    [InlineData(LanguageModelCapabilities.Grammar, """{"structured":false}""", false)]
    public async Task Schema_WhereTheModelDecodesUnderAGrammar_HoldsTheReply(LanguageModelCapabilities capabilities, string settings, bool held)
    {
        ScriptedChatClient inner = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6)));

        await new PluginBench(new Plugin(), new LocalModelClient(inner, 100_000, capabilities)).SolveAsync(
            Id, PluginBench.Options(settings), cancellationToken: TestContext.Current.CancellationToken);

        ChatResponseFormatJson? format = inner.Calls[0].Options!.ResponseFormat as ChatResponseFormatJson;
        Assert.Equal(held, format is not null);
        Assert.Equal(held, inner.Calls[0].Messages[^1].Text.Contains("JSON form", StringComparison.Ordinal));
        Assert.Equal(held ? 5 : null, format?.Schema!.Value.GetProperty("properties").GetProperty("responses").GetProperty("minItems").GetInt32());
    }

    [Fact]
    public async Task TinyModel_GetsItsOwnFormAndNoSchema()
    {
        ScriptedChatClient inner = new ScriptedChatClient(new ScriptedChatClientOptions { ModelName = "tiny-1" }).On("", new ScriptedAnswer("0.52 27\n0.26 28"));
        var bench = new PluginBench(PluginFeatureTable.Of(new Plugin()), RoleModels.Single(new LocalModelClient(inner, 100_000, LanguageModelCapabilities.Grammar), "tiny-1"));

        ReasoningResult result = await bench.SolveAsync(Id, PluginBench.Options("""{"candidates":4,"select":"argmax"}"""), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(PluginBench.Task.Question + "\nlist 4", inner.Calls[0].Messages[^1].Text.TrimEnd());
        Assert.Null(inner.Calls[0].Options!.ResponseFormat);
        Assert.Equal("27", result.Answer!.FinalAnswer);
    }

    [Fact]
    public async Task Call_CarriesTheConversationButNoToolsAndNoFormatOfTheCaller()
    {
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6)));
        ReasoningTask task = new([new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "Name a fruit.")])
        {
            Options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, ToolMode = ChatToolMode.RequireAny, TopP = 0.95f },
        };

        await new PluginBench(new Plugin(), model).SolveAsync(Id, task: task, cancellationToken: TestContext.Current.CancellationToken);

        ScriptedCall call = Assert.Single(model.Calls);
        Assert.Equal("Be brief.", call.Messages[0].Text);
        Assert.Equal((null, null, 0.95f, 0.9f), (call.Options!.ResponseFormat, call.Options.ToolMode, call.Options.TopP!.Value, call.Options.Temperature!.Value));
    }

    [Fact]
    public async Task OtherStrategies_ConsumeTheCandidates()
    {
        FeatureTable features = PluginFeatureTable.Of(new Plugin()).Add<IReasoningStrategy>(new FeatureInfo("outer", "Takes the rarest candidate."), new DelegateStrategy(Outer));
        ScriptedChatClient model = VerbalizedScript.Lists(VerbalizedScript.Json(("a", .6), ("b", .1)));

        ReasoningResult result = await new PluginBench(features, RoleModels.Single(model)).SolveAsync("outer", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("b", 1), (result.Answer!.Text, result.Usage.Calls));

        static async IAsyncEnumerable<ReasoningUpdate> Outer(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ReasoningAnswer inner = await context.SolveAsync(Id, task, cancellationToken: cancellationToken);
            yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, WeightedCandidates.Of(inner)!.Items[^1].Text)));
        }
    }

    private static string List(IReadOnlyList<ChatMessage> messages)
    {
        string[] words = messages[^1].Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int count = words.Select(word => int.TryParse(word, out int number) ? number : 0).First(number => number > 0);
        return VerbalizedScript.Json([.. Enumerable.Range(0, count).Select(i => ($"a{i}", 1.0 / count))]);
    }

    private static Task<ReasoningResult> Solve(IChatClient model, string settings, int? samples = null) =>
        new PluginBench(new Plugin(), model).SolveAsync(Id, PluginBench.Options(settings, samples), cancellationToken: TestContext.Current.CancellationToken);
}
