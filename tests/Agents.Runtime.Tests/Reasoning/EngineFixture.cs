using System.Runtime.CompilerServices;
using Agents.Plugins;
using Agents.Reasoning;
using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tests.Reasoning;

internal delegate IAsyncEnumerable<ReasoningUpdate> Solve(ReasoningTask task, IReasoningContext context, CancellationToken cancellationToken);

/// <summary>An engine with a manual clock, a scripted model and small strategies: <c>one</c> asks once, <c>vote</c> samples a group and takes the most frequent text.</summary>
internal sealed class EngineFixture
{
    public EngineFixture(IChatClient? model = null, ReasoningEngineOptions? options = null, RoleModels? models = null)
    {
        Model = model ?? Scripted;
        Engine = new ReasoningEngine(
            Features, MemoryPrompts.Of(("ask", "Q: {{q}}", ["q"])), LabelledAnswerFormat.Instance, models ?? RoleModels.Single(Model), options: options, time: Clock);
        Add("one", OneAsync);
        Add("vote", VoteAsync);
    }

    public ManualTimeProvider Clock { get; } = new();

    public FeatureTable Features { get; } = new();

    public ScriptedChatClient Scripted { get; } = new ScriptedChatClient().On("", new ScriptedAnswer("Answer: 1", 3), new ScriptedAnswer("Answer: 2"));

    public IChatClient Model { get; }

    public ReasoningEngine Engine { get; }

    public static ReasoningTask Question => ReasoningTask.FromQuestion("six words are in this question");

    public static AnswerUpdate Answer(string text) => new(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, text)));

    public static DraftUpdate Draft(string text) => new(new ReasoningAnswer(new ChatMessage(ChatRole.Assistant, text)));

    public EngineFixture Add(string id, Solve solve, params string[] settings)
    {
        Features.Add<IReasoningStrategy>(
            new FeatureInfo(id, id) { Settings = settings.ToDictionary(name => name, name => name) }, new DelegateStrategy(new(solve)));
        return this;
    }

    public Task<ReasoningResult> SolveAsync(string strategy, ReasoningRequest? request = null, CancellationToken? cancellationToken = null) =>
        Engine.SolveAsync(strategy, Question, request, cancellationToken ?? TestContext.Current.CancellationToken);

    private static async IAsyncEnumerable<ReasoningUpdate> OneAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatResponse response = await context.Model().GetResponseAsync(task.Messages, task.Options, cancellationToken);
        yield return Answer(response.Text);
    }

    private static async IAsyncEnumerable<ReasoningUpdate> VoteAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IReasoningStep step = context.BeginStep("candidates");
        yield return new StepStartedUpdate(step.NodeId, step.Name);
        IGroupSampler sampler = step.Model().GetService<IGroupSampler>()!;
        IReadOnlyList<ChatResponse> responses = await sampler.SampleAsync(task.Messages, context.Options.Samples ?? 5, task.Options, cancellationToken);
        foreach (ChatResponse response in responses)
        {
            step.Note(response.TraceNodeId()!.Value, "answer", context.Answers.Extract(response.Text) ?? "");
        }

        yield return new StepFinishedUpdate(step.NodeId);
        yield return Answer(responses.GroupBy(response => response.Text).MaxBy(group => group.Count())!.Key);
    }
}
