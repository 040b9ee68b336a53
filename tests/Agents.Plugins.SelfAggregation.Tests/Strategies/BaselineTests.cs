using Agents.Plugins.SelfAggregation.Baselines;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Agents.Tracing;
using Agents.Verification;

namespace Agents.Plugins.SelfAggregation.Tests.Strategies;

public sealed class BaselineTests
{
    [Theory]
    [InlineData("choice: 2", 2)]
    [InlineData("Choice: **3**", 3)]
    [InlineData("choice: 1 ... no, choice: 2", 2)]
    [InlineData("2", 2)]
    [InlineData("Of 3 answers I take 1", 1)]
    [InlineData("choice: 4", null)]
    [InlineData("choice: 0", null)]
    [InlineData("choice: 99999999999999", null)]
    [InlineData("the second", null)]
    [InlineData("", null)]
    public void Choice_Reply_IsReadOrRefused(string reply, int? expected) => Assert.Equal(expected, UniversalSelfConsistencyStrategy.Choice(reply, 3));

    [Theory]
    [InlineData("verdict: right", true)]
    [InlineData("Verdict: **Correct**", true)]
    [InlineData("verdict: right? no. verdict: wrong", false)]
    [InlineData("VERDICT - incorrect", false)]
    [InlineData("verdict: rightly so", null)]
    [InlineData("right", null)]
    [InlineData("", null)]
    public void Verdict_Reply_LastOneCounts(string reply, bool? expected) => Assert.Equal(expected, BestOfNStrategy.Verdict(reply));

    [Theory]
    [InlineData("choice: 3", "Answer: 3", 3)]
    [InlineData("<think>choice: 1</think>choice: 2", "Answer: 2", 2)]
    [InlineData("none of them", "Answer: 1", null)]
    public async Task UniversalSelfConsistency_Reply_ReturnsThatCandidateUnchanged(string reply, string expected, int? choice)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 3"], (StrategyBench.Choose, reply));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("universal-self-consistency");

        Assert.Equal((expected, choice, choice is not null), (result.Answer!.Text, (int?)result.Answer.Details["choice"], (bool)result.Answer.Details["parsed"]!));
        Assert.Equal($"{(object?)choice ?? "none"}", result.Trace.Single(node => node.Role == ModelRoles.Selector).Notes["choice"]);
    }

    [Theory]
    [InlineData(new[] { "12", "12", "15" }, "12", 2.0 / 3)]
    [InlineData(new[] { "12", "15", "18" }, "12", 1.0 / 3)]
    [InlineData(new[] { "-", "15", "-" }, "15", 1.0 / 3)]
    public async Task SelfConsistency_UnitVectors_GiveWinnerAndAgreement(string[] answers, string winner, double agreement)
    {
        ScriptedChatClient model = StrategyBench.Scripted([.. answers.Select(answer => answer == "-" ? "no idea" : $"Answer: {answer}")]);

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-consistency", "{}", samples: 3);

        Assert.Equal(winner, result.Answer!.FinalAnswer);
        Assert.Equal(agreement, (double)result.Answer.Details["agreement"]!, 12);
    }

    [Fact]
    public async Task SelfConsistency_NoValidAnswer_GivesTheFirstSample()
    {
        ReasoningResult result = await new StrategyBench(StrategyBench.Scripted(["a", "b", "c", "d"])).SolveAsync("self-consistency");

        Assert.Equal(("a", null, 0.0), (result.Answer!.Text, result.Answer.FinalAnswer, (double)result.Answer.Details["agreement"]!));
    }

    [Fact]
    public async Task BestOfN_Votes_AverageVerdictsAndIgnoreRepliesWithoutOne()
    {
        int asked = 0;
        string[] verdicts = ["verdict: wrong", "verdict: right", "verdict: right", "hmm", "no verdict here", "hmm"];
        ScriptedChatClient model = new ScriptedChatClient()
            .On(StrategyBench.Verify, (_, _) => verdicts[Interlocked.Increment(ref asked) - 1])
            .On("", new ScriptedAnswer("Answer: 1"), new ScriptedAnswer("Answer: 2"));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("best-of-n", """{"votes":2}""", samples: 3);

        TraceNode[] candidates = [.. result.Trace.Where(node => node is { Kind: TraceNodeKind.Call, Role: ModelRoles.Default })];
        Assert.Equal([0.5, 1.0, null], candidates.Select(node => node.Value));
        Assert.Equal((candidates[1].Text, 1.0), (result.Answer!.Text, (double)result.Answer.Details["score"]!));
        Assert.All(model.Calls.Where(call => call.Messages[^1].Text.Contains(StrategyBench.Verify, StringComparison.Ordinal)), call => Assert.Equal(0.8f, call.Options!.Temperature));
    }

    [Fact]
    public async Task BestOfN_NothingJudgeable_GivesTheVoteWithoutAScore()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 2"]);

        ReasoningResult result = await new StrategyBench(model, new Fixed(Verdict.NotJudgeable)).SolveAsync("best-of-n");

        Assert.Equal(("2", null), (result.Answer!.FinalAnswer, result.Answer.Details["score"]));
    }

    [Fact]
    public async Task BestOfN_EqualScores_GiveTheEarliest()
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1", "Answer: 2", "Answer: 2"]);

        ReasoningResult result = await new StrategyBench(model, new Fixed(Verdict.NotJudgeable with { Invalid = true })).SolveAsync("best-of-n");

        Assert.Equal(("1", 0.0), (result.Answer!.FinalAnswer, (double)result.Answer.Details["score"]!));
    }

    [Theory]
    [InlineData("verdict: right", "{}", 2, "1", 0)]
    [InlineData("verdict: right", """{"stopWhenRight":false}""", 3, "2", 1)]
    [InlineData("verdict: wrong", "{}", 3, "2", 1)]
    [InlineData("no verdict", """{"rounds":2}""", 5, "2", 2)]
    public async Task SelfRefine_Feedback_DecidesAboutTheRevision(string feedback, string settings, int calls, string expected, int revisions)
    {
        ScriptedChatClient model = StrategyBench.Scripted(["Answer: 1"], (StrategyBench.Revise, "Answer: 2"), (StrategyBench.Feedback, feedback));

        ReasoningResult result = await new StrategyBench(model).SolveAsync("self-refine", settings);

        Assert.Equal((calls, expected, revisions, revisions > 0), (
            result.Usage.Calls, result.Answer!.FinalAnswer, (int)result.Answer.Details["revisions"]!, (bool)result.Answer.Details["changed"]!));
    }

    [Fact]
    public async Task SelfRefine_Revision_ReadsTheSolutionAndTheFeedback()
    {
        ScriptedChatClient model = StrategyBench.Scripted(
            ["<think>x</think>Old. Answer: 1"], (StrategyBench.Revise, "Answer: 2"), (StrategyBench.Feedback, "<think>y</think>Step one. verdict: wrong"));

        await new StrategyBench(model).SolveAsync("self-refine");

        string prompt = model.Calls[^1].Messages[^1].Text;
        Assert.Contains("Your earlier solution:\nOld. Answer: 1", prompt, StringComparison.Ordinal);
        Assert.Contains("Feedback on it:\nStep one. verdict: wrong", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("think", prompt, StringComparison.Ordinal);
    }

    private sealed class Fixed(Verdict verdict) : IVerifier
    {
        public ValueTask<Verdict> JudgeAsync(VerificationRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(verdict);
    }
}
