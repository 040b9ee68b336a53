using System.Runtime.CompilerServices;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Testing.Conformance;
using Microsoft.Extensions.AI;

namespace Agents.Testing.Tests.Conformance;

/// <summary>The suite passes a sound strategy and finds each fault that it is for.</summary>
public sealed class StrategyConformanceTests
{
    private const string EndsOnce = "ends with one answer and closes every step";
    private const string Budgets = "keeps every call budget and answers within it";
    private const string Seeds = "repeats itself with the same seed, also among concurrent requests";
    private const string Drafts = "keeps a draft when it is cancelled, from the first one on";
    private const string Tokens = "streams nothing but the text of the answer";
    private const string Settings = "refuses settings it does not know before any call";
    private const string Null = "refuses null";
    private const string Plain = "gives the same texts on a client without groups, usage and records";

    public static TheoryData<string> Rules => [.. StrategyConformance.Rules];

    [Theory]
    [MemberData(nameof(Rules))]
    public Task SoundStrategy_PassesEveryRule(string rule) => VerifyAsync(rule, Sound);

    [Fact]
    public void Rules_AreTheOnesThatAreTestedHere() =>
        Assert.Empty(new[] { EndsOnce, Budgets, Seeds, Drafts, Tokens, Settings, Null, Plain }.Except(StrategyConformance.Rules));

    [Theory]
    [InlineData(EndsOnce)]
    public Task OpenStep_IsFound(string rule) => FindsAsync(rule, LeavesStepOpen);

    [Theory]
    [InlineData(Budgets)]
    [InlineData(Drafts)]
    public Task IgnoredBudgetAndDrafts_AreFound(string rule) => FindsAsync(rule, WritesCritiqueOnly);

    [Theory]
    [InlineData(Tokens)]
    public Task TokensOfAnotherStage_AreFound(string rule) => FindsAsync(rule, StreamsDraft);

    [Theory]
    [InlineData(Null)]
    public Task MissingNullChecks_AreFound(string rule) => FindsAsync(rule, Unchecked);

    [Fact]
    public Task StateBetweenRequests_IsFound()
    {
        int requests = 0;
        return FindsAsync(Seeds, (task, context, token) => Numbered(task, context, () => Interlocked.Increment(ref requests), token));
    }

    [Fact]
    public Task IgnoredSettings_AreFound() => FindsAsync(Settings, Sound, describes: false);

    [Fact]
    public async Task UnknownRule_IsRefusedWithTheNearest()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => VerifyAsync("refuses nil", Sound));

        Assert.Contains(Null, error.Message, StringComparison.Ordinal);
    }

    private static async Task FindsAsync(string rule, Func<ReasoningTask, IReasoningContext, CancellationToken, IAsyncEnumerable<ReasoningUpdate>> solve, bool describes = true)
    {
        ConformanceException error = await Assert.ThrowsAsync<ConformanceException>(() => VerifyAsync(rule, solve, describes));

        Assert.Contains("'subject'", error.Message, StringComparison.Ordinal);
    }

    private static Task VerifyAsync(string rule, Func<ReasoningTask, IReasoningContext, CancellationToken, IAsyncEnumerable<ReasoningUpdate>> solve, bool describes = true)
    {
        var info = new FeatureInfo("subject", "Under test.") { Settings = describes ? new Dictionary<string, string> { ["known"] = "a setting" } : new Dictionary<string, string>() };
        var subject = new ConformanceSubject("subject", new FeatureTable().Add<IReasoningStrategy>(info, new DelegateStrategy(solve)), MemoryPrompts.Empty, Model);
        return new StrategyConformance(subject).VerifyAsync(rule, TestContext.Current.CancellationToken);
    }

    private static ScriptedChatClient Model() => new ScriptedChatClient().On("", (_, stream) => $"It is so. Answer: {stream.NextInt(1000)}");

    // Three answers, the last of which counts: within the budget, with a draft after the first.
    private static async IAsyncEnumerable<ReasoningUpdate> Sound(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        using IReasoningStep step = context.BeginStep("answers");
        yield return new StepStartedUpdate(step.NodeId, step.Name);
        ReasoningAnswer? answer = null;
        for (int i = 0; i < 3 && (i == 0 || context.Budget.RemainingCalls > 0); i++)
        {
            ChatResponse response = await step.Model().GetResponseAsync(task.Messages, null, cancellationToken);
            answer = Answer(context, response);
            yield return new DraftUpdate(answer);
        }

        yield return new StepFinishedUpdate(step.NodeId);
        yield return new AnswerUpdate(answer!);
    }

    private static async IAsyncEnumerable<ReasoningUpdate> LeavesStepOpen(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IReasoningStep step = context.BeginStep("answer");
        yield return new StepStartedUpdate(step.NodeId, step.Name);
        yield return new AnswerUpdate(Answer(context, await step.Model().GetResponseAsync(task.Messages, null, cancellationToken)));
    }

    private static async IAsyncEnumerable<ReasoningUpdate> WritesCritiqueOnly(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IReasoningStep step = context.BeginStep("answers");
        ChatResponse response = await step.Model(ModelRoles.Verifier).GetResponseAsync(task.Messages, null, cancellationToken);
        for (int i = 0; i < 2; i++)
        {
            response = await step.Model(ModelRoles.Verifier).GetResponseAsync([.. task.Messages, .. response.Messages], null, cancellationToken);
        }

        yield return new AnswerUpdate(Answer(context, response));
    }

    private static async IAsyncEnumerable<ReasoningUpdate> StreamsDraft(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IReasoningStep step = context.BeginStep("answers");
        yield return new TokenUpdate("Let me see. ");
        yield return new AnswerUpdate(Answer(context, await step.Model().GetResponseAsync(task.Messages, null, cancellationToken)));
    }

    private static async IAsyncEnumerable<ReasoningUpdate> Unchecked(ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, "Answer: 1")));
        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<ReasoningUpdate> Numbered(
        ReasoningTask task, IReasoningContext context, Func<int> number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IReasoningStep step = context.BeginStep("answer");
        ChatResponse response = await step.Model().GetResponseAsync([.. task.Messages, new ChatMessage(ChatRole.User, $"{number()}")], null, cancellationToken);
        yield return new AnswerUpdate(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, $"{response.Text} {number()}")));
    }

    private static ReasoningAnswer Answer(IReasoningContext context, ChatResponse response) =>
        new(new ChatMessage(ChatRole.Assistant, response.Text)) { FinalAnswer = context.Answers.Extract(response.Text) };
}
