using Agents.Models;
using Agents.Reasoning;
using Agents.Runtime.Budgets;
using Agents.Runtime.Tracing;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>One model call in the trace: opened before it starts, closed with what it brought, its retries charged and shown below it.</summary>
internal sealed class RecordedCall : IAttemptObserver
{
    private readonly BudgetMeter _meter;
    private readonly RoleModel _model;
    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly int _callsPerAttempt;
    private readonly string _role;
    private int? _attemptNode;
    private bool _closed;

    /// <summary>Opens the node.</summary>
    /// <param name="context">Strategy or step that the call hangs below.</param>
    /// <param name="role">Role of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="messages">What it reads.</param>
    /// <param name="options">Options of the call, which may name adapters; null for none.</param>
    /// <param name="callsPerAttempt">How many calls a further attempt costs: 1, or the size of a native group.</param>
    public RecordedCall(ReasoningContext context, string role, RoleModel model, IReadOnlyList<ChatMessage> messages, ChatOptions? options = null, int callsPerAttempt = 1)
    {
        Trace = context.Run.Trace;
        _meter = context.Meter;
        _model = model;
        _messages = messages;
        _callsPerAttempt = callsPerAttempt;
        _role = role;
        NodeId = Trace.Begin(context.NodeId, TraceNodeKind.Call, role, role, model.FindName(), prompt: messages, adapters: AdaptersOf(options, model.Client));
    }

    /// <summary>Gets the node.</summary>
    public int NodeId { get; }

    /// <summary>Gets or sets the tokens set aside for the call; given back when it ends.</summary>
    public TokenReservation Reservation { get; set; }

    private TraceRecorder Trace { get; }

    /// <summary>Closes the node with a response, charges its tokens and puts the node's id on it.</summary>
    /// <param name="response">The response.</param>
    public void Complete(ChatResponse response)
    {
        _closed = true;
        TokenCounts counts = TokenCounts.Of(response, _messages);
        if (counts.Estimated)
        {
            Trace.Note(NodeId, "usage", "estimated");
        }

        if (response.FinishReason is { } finish)
        {
            Trace.Note(NodeId, "finish", finish.Value);
        }

        GenerationRecord? record = response.Generation();
        Trace.End(NodeId, new TraceOutcome
        {
            Text = response.Text, Model = response.ModelId, Record = record, PromptTokens = counts.Prompt, CompletionTokens = counts.Completion, Attempt = record?.Attempt,
        });
        (response.AdditionalProperties ??= [])[ChatResponseTrace.NodePropertyName] = NodeId;
        _meter.Settle(Reservation, counts.Prompt, counts.Completion, _model.Prices);
    }

    /// <summary>Closes the node with an error, keeping and charging what had arrived; does nothing when it is closed.</summary>
    /// <param name="error">Why the call failed.</param>
    /// <param name="partial">What had arrived; null for nothing.</param>
    public void Fail(Exception error, ChatResponse? partial = null)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        TokenCounts counts = partial is { Text.Length: > 0 } ? TokenCounts.Of(partial, _messages) : default;
        Trace.End(NodeId, new TraceOutcome { Error = OneLine(error), Text = partial?.Text, PromptTokens = counts.Prompt, CompletionTokens = counts.Completion });
        _meter.Settle(Reservation, counts.Prompt, counts.Completion, _model.Prices);
    }

    /// <inheritdoc/>
    public void Starting(int attempt)
    {
        // The first attempt is the call itself, which is charged and has its node.
        if (attempt > 0)
        {
            _meter.ChargeCalls(_callsPerAttempt, exact: true);
            _attemptNode = BeginAttempt(attempt);
        }
    }

    /// <inheritdoc/>
    public void Failed(int attempt, Exception error)
    {
        int node = _attemptNode ?? BeginAttempt(attempt);
        Trace.End(node, new TraceOutcome { Error = OneLine(error) });
        _attemptNode = null;
    }

    /// <inheritdoc/>
    public void Succeeded(int attempt)
    {
        if (_attemptNode is { } node)
        {
            Trace.End(node);
        }
    }

    /// <summary>Describes an error in one line.</summary>
    /// <param name="error">The error.</param>
    internal static string OneLine(Exception error) => $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}";

    private static IReadOnlyList<AdapterUse>? AdaptersOf(ChatOptions? options, IChatClient client)
    {
        object? value = null;
        options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Adapters, out value);
        return value switch { string id => [new AdapterUse(id)], IEnumerable<AdapterUse> uses => [.. uses], _ => client.GetService(typeof(IReadOnlyList<AdapterUse>)) as IReadOnlyList<AdapterUse> };
    }

    private int BeginAttempt(int attempt) => Trace.Begin(NodeId, TraceNodeKind.Attempt, _role, _role, _model.FindName(), attempt);
}
