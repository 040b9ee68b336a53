using System.Runtime.CompilerServices;
using System.Text;
using Agents.Budgets;
using Agents.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Reasoning;

/// <summary>
/// A strategy as a chat client, so that it drops in wherever an <see cref="IChatClient"/> goes. Messages, tools and images pass through unflattened;
/// the response carries usage over all calls, the trace and why it stopped. Streams carry text of the final stage only.
/// </summary>
public sealed class StrategyChatClient : IChatClient
{
    private readonly ReasoningEngine _engine;
    private readonly string _strategy;
    private readonly ReasoningRequest _request;
    private readonly RoleModel? _default;

    /// <summary>Creates a client.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="strategy">Id of the strategy; looked up at each call, as plugins come and go.</param>
    /// <param name="request">Options, budget and models of every call; null for the engine's defaults. Temperature, output limit and seed of a call's chat options win.</param>
    public StrategyChatClient(ReasoningEngine engine, string strategy, ReasoningRequest? request = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentException.ThrowIfNullOrWhiteSpace(strategy);
        _engine = engine;
        _strategy = strategy;
        _request = request ?? new ReasoningRequest();
        _default = _request.Models?.Default;
        _request.Options.Validate();
        _request.Budget?.Validate();
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ReasoningResult result = await _engine
            .SolveAsync(_strategy, TaskOf(messages, options), RequestOf(options), cancellationToken)
            .ConfigureAwait(false);
        return new ChatResponse(result.Answer?.Message ?? new ChatMessage(ChatRole.Assistant, ""))
        {
            FinishReason = FinishOf(result),
            ModelId = result.Model,
            Usage = UsageOf(result.Usage),
            AdditionalProperties = PropertiesOf(result),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StringBuilder streamed = new();
        ReasoningTask task = TaskOf(messages, options);
        await foreach (ReasoningUpdate update in _engine.StreamAsync(_strategy, task, RequestOf(options), cancellationToken).ConfigureAwait(false))
        {
            switch (update)
            {
                case TokenUpdate token:
                    streamed.Append(token.Text);
                    yield return new ChatResponseUpdate(ChatRole.Assistant, token.Text);
                    break;
                case ReasoningFinishedUpdate finished:
                    yield return Last(finished.Result, streamed.ToString());
                    break;
                case AnswerUpdate:
                    break;
                default:
                    yield return new ChatResponseUpdate(ChatRole.Assistant, [new ReasoningProgressContent(update)]);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
        {
            return _default?.Client.GetService(serviceType, serviceKey);
        }

        // The group sampler and the raw model of the inner client would bypass the strategy.
        return serviceType.IsInstanceOfType(this) ? this
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("agents", defaultModelId: _default?.FindName())
            : null;
    }

    /// <summary>Does nothing: the engine's clients belong to the host.</summary>
    public void Dispose()
    {
    }

    private static ReasoningTask TaskOf(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] read = [.. messages];
        if (read.Length == 0)
        {
            throw new ArgumentException("A strategy needs at least one message.", nameof(messages));
        }

        return new ReasoningTask(read) { Options = options };
    }

    private static ChatResponseUpdate Last(ReasoningResult result, string streamed)
    {
        // What was streamed cannot be taken back: only the rest of the answer follows, and everything that is no text.
        string answer = result.Answer?.Text ?? "";
        string rest = answer.StartsWith(streamed, StringComparison.Ordinal) ? answer[streamed.Length..] : "";
        List<AIContent> contents = [.. (result.Answer?.Message.Contents ?? []).Where(content => content is not TextContent)];
        if (rest.Length > 0)
        {
            contents.Insert(0, new TextContent(rest));
        }

        contents.Add(new UsageContent(UsageOf(result.Usage)));
        return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            FinishReason = FinishOf(result),
            ModelId = result.Model,
            AdditionalProperties = PropertiesOf(result),
        };
    }

    private static ChatFinishReason FinishOf(ReasoningResult result) =>
        result.Answer?.Message.Contents.OfType<FunctionCallContent>().Any() == true ? ChatFinishReason.ToolCalls
        : result.StoppedBecause == StoppedBecause.Completed ? ChatFinishReason.Stop
        : ChatFinishReason.Length;

    private static UsageDetails UsageOf(BudgetUsage usage) => new()
    {
        InputTokenCount = usage.PromptTokens,
        OutputTokenCount = usage.CompletionTokens,
        TotalTokenCount = usage.Tokens,
        AdditionalCounts = new AdditionalPropertiesDictionary<long> { ["agents.calls"] = usage.Calls },
    };

    private static AdditionalPropertiesDictionary PropertiesOf(ReasoningResult result) => new()
    {
        [StrategyResponseKeys.Result] = result,
        [StrategyResponseKeys.Trace] = result.Trace,
        [StrategyResponseKeys.StoppedBecause] = JsonNames.Camel(result.StoppedBecause),
        [StrategyResponseKeys.Strategy] = result.Strategy,
    };

    private ReasoningRequest RequestOf(ChatOptions? options) => options is null ? _request : _request with
    {
        Options = _request.Options with
        {
            Temperature = options.Temperature ?? _request.Options.Temperature,
            MaxTokens = options.MaxOutputTokens ?? _request.Options.MaxTokens,
            Seed = options.Seed is { } seed ? unchecked((ulong)seed) : _request.Options.Seed,
        },
        Budget = options.AdditionalProperties?.TryGetValue(StrategyResponseKeys.Budget, out object? value) == true && value is Budget budget
            ? budget
            : _request.Budget,
    };
}
