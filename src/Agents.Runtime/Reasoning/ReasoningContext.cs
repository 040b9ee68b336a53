using System.Runtime.CompilerServices;
using Agents.Budgets;
using Agents.Prompts;
using Agents.Reasoning;
using Agents.Runtime.Budgets;
using Agents.Runtime.Features;
using Agents.Runtime.Tracing;
using Agents.Tracing;
using Agents.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Reasoning;

/// <summary>The context of one strategy or step: a node of the trace, and through <see cref="Run"/> all that the request shares.</summary>
internal class ReasoningContext : IReasoningContext
{
    // Indices far from those that strategies use for their own streams.
    private const ulong CallStreams = 0xCA11_0000_0000_0000;
    private const ulong NestedStreams = 0x5E57_0000_0000_0000;
    private static readonly ConditionalWeakTable<PromptInfo, Tuple<string, string>> PromptNotes = [];
    private readonly StrategyScope _scope;

    protected ReasoningContext(ReasoningRun run, int nodeId, StrategyScope scope)
    {
        Run = run;
        NodeId = nodeId;
        _scope = scope;
    }

    public ReasoningRun Run { get; }

    public int NodeId { get; }

    public StrategyOptions Options => _scope.Options;

    public IBudgetMeter Budget => _scope.Meter;

    /// <summary>Gets the budget: the request's, or that of the nested strategy with limits of its own.</summary>
    public BudgetMeter Meter => _scope.Meter;

    /// <summary>Gets the strategy as a caller of models.</summary>
    public BudgetCaller Caller => _scope.Caller;

    /// <summary>Gets the task that completes when the strategy was cancelled and has used up its grace.</summary>
    public Task Abandon => _scope.Abandon;

    /// <summary>Returns whether the budget ends whenever a token is cancelled: the strategy's own token, or none.</summary>
    /// <param name="token">What a strategy passed.</param>
    public bool EndsWithBudget(CancellationToken token) => !token.CanBeCanceled || token == _scope.OwnToken;

    public IVerifier? Verifier => Run.Verifier;

    public IAnswerFormat Answers => Run.Answers;

    public TimeProvider Time => Run.Time;

    public ILogger Logger => Run.Logger;

    /// <summary>Creates the context of a strategy.</summary>
    /// <param name="run">The request.</param>
    /// <param name="strategy">Id of the strategy.</param>
    /// <param name="options">Its options.</param>
    /// <param name="stream">Its random stream.</param>
    public static ReasoningContext ForStrategy(ReasoningRun run, string strategy, StrategyOptions options, SampleStream stream) =>
        new(run, run.Trace.Begin(null, TraceNodeKind.Strategy, strategy), new StrategyScope(strategy, options, stream, run.Meter, run.Abandon, run.Token));

    public IChatClient Model(string role = ModelRoles.Default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        return new RecordingChatClient(this, role, Run.Models.For(role));
    }

    public IReadOnlyList<ChatMessage> Prompt(string name, IReadOnlyDictionary<string, object?> variables, string role = ModelRoles.Default)
    {
        string? model = Run.Models.For(role).FindName();
        IReadOnlyList<ChatMessage> rendered = Run.Prompts.Render(name, variables, model);
        (string key, string stamp) = PromptNotes.GetValue(Run.Prompts.Find(name, model), static info => Tuple.Create("prompt " + info.Name, info.Stamp));
        Run.Trace.Note(NodeId, key, stamp);
        return rendered;
    }

    public SampleStream Random(ulong index = 0) => _scope.Stream.Fork(index);

    /// <summary>Returns the stream of the next call that names none: calls that start in a fixed order get fixed streams.</summary>
    public SampleStream NextCallStream() => _scope.Stream.Fork(CallStreams).Fork(_scope.NextCall());

    public IReasoningStep BeginStep(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new ReasoningStep(Run, Run.Trace.Begin(NodeId, TraceNodeKind.Step, name), _scope, name);
    }

    public Task<ReasoningAnswer> SolveAsync(
        string strategy, ReasoningTask task, StrategyOptions? options = null, CancellationToken cancellationToken = default) =>
        SolveNestedAsync(strategy, task, options, null, cancellationToken);

    public Task<ReasoningAnswer> SolveAsync(
        string strategy, ReasoningTask task, StrategyOptions? options, Budget limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return SolveNestedAsync(strategy, task, options, limits, cancellationToken);
    }

    private async Task<ReasoningAnswer> SolveNestedAsync(
        string strategy, ReasoningTask task, StrategyOptions? options, Budget? limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        StrategyOptions own = options ?? Options with { Settings = null };
        using FeatureUse<IReasoningStrategy> use = Run.Strategy(strategy, own);
        if (_scope.Depth + 1 >= Run.Options.MaximumDepth)
        {
            throw new ReasoningException(
                $"The strategy '{_scope.Strategy}' calls '{strategy}' at depth {_scope.Depth + 2}; the limit is {Run.Options.MaximumDepth}. Do strategies call each other in a circle?");
        }

        using var part = new NestedRun(this, limits, cancellationToken);
        SampleStream stream = _scope.Stream.Fork(NestedStreams).Fork(_scope.NextNested());
        var scope = new StrategyScope(strategy, own, stream, part.Meter, part.Abandon, part.EndsWithBudget ? part.Token : default, _scope);
        ReasoningContext inner = new(Run, Run.Trace.Begin(NodeId, TraceNodeKind.Strategy, strategy), scope);
        StrategyReader reader = new(inner, strategy);
        try
        {
            await using (reader.ConfigureAwait(false))
            {
                reader.Start(use.Feature, task, part.Token);
                while (await reader.NextAsync().ConfigureAwait(false) is not null)
                {
                }
            }

            return reader.RequireAnswer();
        }
        catch (BudgetExceededException error) when (part.EndedByItself && reader.Answer is not null)
        {
            Note(inner.NodeId, "stoppedBecause", error.Reason.ToString());
            return reader.Answer with { Details = new Dictionary<string, object?>(reader.Answer.Details) { ["stoppedBecause"] = error.Reason } };
        }
        finally
        {
            Run.Trace.CloseBelow(inner.NodeId);
            Run.Trace.End(inner.NodeId, new TraceOutcome { Text = reader.Answer?.Text });
        }
    }

    public void Note(int nodeId, string key, string value) => Run.Trace.Note(nodeId, key, value);

    public void SetValue(int nodeId, double value) => Run.Trace.SetValue(nodeId, value);

    /// <summary>What a strategy and its steps share.</summary>
    internal sealed class StrategyScope(
        string strategy, StrategyOptions options, SampleStream stream, BudgetMeter meter, Task abandon, CancellationToken ownToken, StrategyScope? outer = null)
    {
        private long _calls;
        private long _nested;

        public string Strategy { get; } = strategy;

        public StrategyOptions Options { get; } = options;

        public SampleStream Stream { get; } = stream;

        public BudgetMeter Meter { get; } = meter;

        public Task Abandon { get; } = abandon;

        /// <summary>Gets the token that the strategy received, where the budget ends with it; otherwise none.</summary>
        public CancellationToken OwnToken { get; } = ownToken;

        public BudgetCaller Caller { get; } = new(outer?.Caller);

        public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

        public ulong NextCall() => (ulong)Interlocked.Increment(ref _calls);

        public ulong NextNested() => (ulong)Interlocked.Increment(ref _nested);
    }
}
