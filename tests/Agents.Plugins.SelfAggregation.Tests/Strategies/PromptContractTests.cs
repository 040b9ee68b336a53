using System.Text.RegularExpressions;
using Agents.Plugins.SelfAggregation.Tests.Candidates;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

/// <summary>What later stages read (papers/16 §2.1, §6): wording decides which method it is.</summary>
public sealed partial class PromptContractTests
{
    private static readonly string[] Samples = ["First 3+3. Answer: 12", "Second 4+4. Answer: 15", "Third. Answer: 18"];

    [Fact]
    public async Task Aggregate_ThreeCandidates_RestatesTheTaskAndListsThemCompleteAndInOrder()
    {
        string prompt = await PromptAsync("self-aggregation", StrategyBench.Aggregate);

        string[] parts = [StrategyBench.Task.Question, "### Attempt 1", Samples[0], "### Attempt 2", Samples[1], "### Attempt 3", Samples[2], "new, complete, step-by-step solution"];
        int[] places = [.. parts.Select(part => prompt.IndexOf(part, StringComparison.Ordinal))];
        Assert.All(places, place => Assert.True(place >= 0, prompt));
        Assert.Equal(places.Order(), places);
        Assert.Contains("may be right, partly right, or wrong", prompt, StringComparison.Ordinal);
        Assert.Contains("End in the form that the task asks for", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aggregate_Wording_NeverAsksToChooseRateOrCriticize()
    {
        string prompt = await PromptAsync("self-aggregation", StrategyBench.Aggregate);

        Assert.DoesNotMatch(Judging(), prompt);
    }

    [Fact]
    public async Task Choose_Wording_AsksForANumberAndNotForANewSolution()
    {
        string prompt = await PromptAsync("universal-self-consistency", StrategyBench.Choose);

        Assert.Matches(Judging(), prompt);
        Assert.Contains("Reply with its number only", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("new, complete", prompt, StringComparison.Ordinal);
        Assert.All(Samples, sample => Assert.Contains(sample, prompt, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("self-aggregation/aggregate", "combine")]
    [InlineData("self-aggregation/choose", "choose")]
    public void TinyVariant_ShortForm_ListsCandidatesAndEndsWithItsWord(string name, string word)
    {
        object?[] candidates = [new Dictionary<string, object?> { ["number"] = "1", ["text"] = "a" }, new Dictionary<string, object?> { ["number"] = "2", ["text"] = "b" }];

        IReadOnlyList<ChatMessage> messages = StrategyBench.Prompts.Render(name, new Dictionary<string, object?> { ["question"] = "q", ["candidates"] = candidates }, "tiny-1");

        Assert.Equal($"q\ntry 1:\na\ntry 2:\nb\n{word}", Assert.Single(messages).Text.Trim());
    }

    [Fact]
    public async Task LaterStages_TaskWithReferenceAndVerifier_SeeNoGraderInformation()
    {
        var model = StrategyBench.Scripted(Samples, (StrategyBench.Aggregate, "Answer: 12"), (StrategyBench.Choose, "choice: 1"));
        var bench = new StrategyBench(model, new MarkingVerifier());

        foreach (string strategy in new[] { "self-aggregation", "universal-self-consistency", "best-of-n" })
        {
            await bench.SolveAsync(strategy, task: StrategyBench.Task with { Id = "secret-id" });
        }

        Assert.All(model.Calls.SelectMany(call => call.Messages), message => Assert.DoesNotMatch("(?i)secret|correct|score|verdict", message.Text));
    }

    [Fact]
    public async Task Aggregate_ThinkingInCandidates_IsStrippedAndDoesNotVote()
    {
        var model = StrategyBench.Scripted(
            ["<think>private Answer: 99</think>Visible. Answer: 1", "<think>private Answer: 99", "<think>private</think>Answer: 1"], (StrategyBench.Aggregate, "Answer: 1"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation");

        string prompt = PromptOf(model, StrategyBench.Aggregate);
        Assert.DoesNotContain("private", prompt, StringComparison.Ordinal);
        Assert.Contains("### Attempt 1\nVisible. Answer: 1", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("### Attempt 3", prompt, StringComparison.Ordinal);
        Assert.Equal((1, 2.0 / 3, 2), (result.Answer!.Details["distinct"], result.Answer.Details["agreement"], result.Answer.Details["shown"]));
    }

    [Theory]
    [InlineData("sampling", "1,2,3")]
    [InlineData("byLength", "3,1,2")]
    public async Task Aggregate_CandidateOrder_IsKeptAndRecorded(string order, string expected)
    {
        (string prompt, ReasoningResult result) = await AggregateAsync($$"""{"candidateOrder":"{{order}}"}""");

        Assert.Equal(expected, OrderOf(result));
        Assert.Contains($"### Attempt 1\n{Samples[expected[0] - '1']}", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aggregate_RandomOrder_FollowsTheSeed()
    {
        List<string> orders = [];
        foreach (ulong seed in new ulong[] { 1, 1, 2, 3, 4, 5, 6, 7 })
        {
            var bench = new StrategyBench(StrategyBench.Scripted(Samples, (StrategyBench.Aggregate, "Answer: 1")));
            orders.Add(OrderOf(await bench.SolveAsync(
                "self-aggregation", new ReasoningRequest { Options = StrategyBench.Options("""{"candidateOrder":"random"}""") with { Seed = seed } })));
        }

        Assert.Equal(orders[0], orders[1]);
        Assert.True(orders.Distinct().Count() >= 3, string.Join(' ', orders));
    }

    [Fact]
    public async Task Aggregate_Dedupe_ShowsEachTextOnce()
    {
        var model = StrategyBench.Scripted(["Answer: 1", "Answer: 1", "Answer: 2"], (StrategyBench.Aggregate, "Answer: 1"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", """{"dedupe":true}""");

        Assert.Equal(("1,3", 2, 3), (OrderOf(result), result.Answer!.Details["shown"], result.Answer.Details["candidates"]));
    }

    [Fact]
    public async Task Aggregate_MaxCandidateTokens_CutsTheMiddleAndKeepsTheAnswer()
    {
        string text = $"Start. {string.Join(' ', Enumerable.Repeat("step", 300))}\nAnswer: 7";
        var model = StrategyBench.Scripted([text, "Answer: 8"], (StrategyBench.Aggregate, "Answer: 7"));

        await new StrategyBench(model).SolveAsync("self-aggregation", """{"maxCandidateTokens":32}""", samples: 2);

        string shown = PromptOf(model, StrategyBench.Aggregate).Split("### Attempt ")[1];
        Assert.InRange(shown.Length, 60, 140);
        Assert.Contains("Start. ", shown, StringComparison.Ordinal);
        Assert.Contains("[...]", shown, StringComparison.Ordinal);
        Assert.Contains("step\nAnswer: 7", shown, StringComparison.Ordinal);
    }

    // The context holds exactly so many candidates of so many characters, the prompt around them and the output.
    [Theory]
    [InlineData(3, 518, false)]
    [InlineData(3, 129, true)]
    [InlineData(2, 64, true)]
    public async Task Aggregate_SmallContext_ShortensThenDropsCandidates(int shown, int length, bool cut)
    {
        string[] samples = [.. Enumerable.Range(1, 3).Select(i => $"Start {i}. {string.Join(' ', Enumerable.Repeat("step", 100))}\nAnswer: {i}")];
        object?[] candidates = [.. Enumerable.Range(1, shown).Select(i => new Dictionary<string, object?> { ["number"] = $"{i}", ["text"] = new string('x', length) })];
        var variables = new Dictionary<string, object?> { ["question"] = StrategyBench.Task.Question, ["candidates"] = candidates };
        int contextLength = 150 + 8 + StrategyBench.Prompts.Render("self-aggregation/aggregate", variables)[0].Text.Length;
        var model = StrategyBench.Scripted(samples, (StrategyBench.Aggregate, "Answer: 7"));
        var bench = new StrategyBench(new LocalModelClient(model, contextLength));

        ReasoningResult result = await bench.SolveAsync("self-aggregation", new ReasoningRequest { Options = new StrategyOptions { MaxTokens = 150 } });

        string prompt = PromptOf(model, StrategyBench.Aggregate);
        Assert.Equal((shown, "7"), (result.Answer!.Details["shown"], result.Answer.FinalAnswer));
        Assert.Equal(cut, prompt.Contains("[...]", StringComparison.Ordinal));
        Assert.All(Enumerable.Range(1, shown), i => Assert.Contains($"\nAnswer: {i}", prompt, StringComparison.Ordinal));
        Assert.DoesNotContain($"### Attempt {shown + 1}", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aggregate_ContextForOneCandidateOfThree_IsThePlainAnswer()
    {
        string[] samples = [.. Enumerable.Range(1, 3).Select(i => $"Start {i}. {string.Join(' ', Enumerable.Repeat("step", 100))}\nAnswer: {i}")];
        object?[] candidates = [new Dictionary<string, object?> { ["text"] = new string('x', 64) }];
        var variables = new Dictionary<string, object?> { ["question"] = StrategyBench.Task.Question, ["candidates"] = candidates };
        int contextLength = 150 + 8 + StrategyBench.Prompts.Render("self-aggregation/aggregate", variables)[0].Text.Length;
        var model = StrategyBench.Scripted(samples, (StrategyBench.Aggregate, "Answer: 7"));

        ReasoningResult result = await new StrategyBench(new LocalModelClient(model, contextLength)).SolveAsync(
            "self-aggregation", new ReasoningRequest { Options = new StrategyOptions { MaxTokens = 150 } });

        Assert.Equal(("1", 3), (result.Answer!.FinalAnswer, model.Calls.Count));
    }

    [Theory]
    [InlineData("self-aggregation")]
    [InlineData("universal-self-consistency")]
    public async Task LaterStage_ContextTooSmallForOneCandidate_IsThePlainAnswer(string strategy)
    {
        var model = StrategyBench.Scripted(Samples);

        ReasoningResult result = await new StrategyBench(new LocalModelClient(model, 200)).SolveAsync(
            strategy, new ReasoningRequest { Options = new StrategyOptions { MaxTokens = 100 } });

        Assert.Equal((Samples[0], 3), (result.Answer!.Text, model.Calls.Count));
    }

    [GeneratedRegex(@"\b(best|better|choose|select|pick|which|rate|rank|score|judge|compare|evaluate|critici[sz]e|errors?|mistakes?|majority|consistent)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Judging();

    private static async Task<string> PromptAsync(string strategy, string part)
    {
        var model = StrategyBench.Scripted(Samples, (StrategyBench.Aggregate, "Answer: 12"), (StrategyBench.Choose, "choice: 1"));
        await new StrategyBench(model).SolveAsync(strategy);
        return PromptOf(model, part);
    }

    private static async Task<(string Prompt, ReasoningResult Result)> AggregateAsync(string settings)
    {
        var model = StrategyBench.Scripted(Samples, (StrategyBench.Aggregate, "Answer: 12"));
        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-aggregation", settings);
        return (PromptOf(model, StrategyBench.Aggregate), result);
    }

    private static string PromptOf(ScriptedChatClient model, string part) =>
        model.Calls.Select(call => call.Messages[^1].Text).Single(text => text.Contains(part, StringComparison.Ordinal));

    private static string OrderOf(ReasoningResult result) => result.Trace.Single(node => node is { Kind: TraceNodeKind.Step, Name: "aggregate" }).Notes["order"];

    private sealed class MarkingVerifier : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Verdict.Of(true) with { Explanation = "secret" });
    }
}
