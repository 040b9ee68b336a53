using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Agents.Runtime.Connectors;

/// <summary>
/// A model behind an OpenAI-compatible endpoint. It retries nothing itself (see <c>ResilientChatClient</c>) and turns every failure into an
/// <see cref="EndpointException"/>. Groups go out as one request with <c>n</c> where the server honours it. Token ids are not available remotely.
/// </summary>
public sealed class OpenAIChatClient : IChatClient, IGroupSampler
{
    private readonly ChatClient _client;
    private readonly Uri _endpoint;
    private readonly string _model;
    private readonly TimeProvider _time;
    private readonly HttpClient? _ownHttp;
    private readonly HttpClientPipelineTransport _transport;
    private readonly bool _official;
    private volatile bool _groups;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    /// <param name="endpoint">Base URL of the API, for example <c>http://127.0.0.1:8080/v1</c>.</param>
    /// <param name="model">Name of the model on the server.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The URL is not absolute http(s), or a key would travel unencrypted to another machine.</exception>
    public OpenAIChatClient(Uri endpoint, string model, OpenAIChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new OpenAIChatClientOptions();
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"The endpoint '{endpoint}' is no absolute http or https URL.", nameof(endpoint));
        }

        if (!string.IsNullOrEmpty(options.ApiKey) && endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback && !options.AllowKeyWithoutEncryption)
        {
            throw new ArgumentException(
                $"An API key would travel unencrypted to {endpoint.Host}. Use https, remove the key, or allow it with {nameof(OpenAIChatClientOptions.AllowKeyWithoutEncryption)}.", nameof(endpoint));
        }

        _endpoint = endpoint;
        _model = model;
        _time = options.Time;
        _groups = options.GroupRequests;
        _official = endpoint.Host.EndsWith("openai.com", StringComparison.OrdinalIgnoreCase);
        _ownHttp = options.Http is null ? new HttpClient { Timeout = Timeout.InfiniteTimeSpan } : null;
        _transport = new HttpClientPipelineTransport(options.Http ?? _ownHttp!);
        OpenAIClientOptions settings = new()
        {
            Endpoint = endpoint,
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            Transport = _transport,
        };

        // The package insists on a credential; servers without keys ignore this one.
        _client = new ChatClient(model, new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? "none" : options.ApiKey), settings);
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return CompleteAsync(messages, options, 1, static result => OpenAIResponses.Convert(result.Value), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        SortedDictionary<int, (string? Id, string? Name, StringBuilder Arguments)> calls = [];
        IAsyncEnumerator<StreamingChatCompletionUpdate> updates = _client
            .CompleteChatStreamingAsync(OpenAIMessages.Convert(messages, options?.Instructions), OpenAIOptions.Convert(options, _official), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            bool finished = false;
            while (await NextAsync(updates, cancellationToken).ConfigureAwait(false))
            {
                StreamingChatCompletionUpdate part = updates.Current;
                foreach (StreamingChatToolCallUpdate call in part.ToolCallUpdates)
                {
                    (string? id, string? name, StringBuilder arguments) = calls.TryGetValue(call.Index, out var known) ? known : (null, null, new StringBuilder());
                    arguments.Append(call.FunctionArgumentsUpdate?.ToString());
                    calls[call.Index] = (call.ToolCallId ?? id, call.FunctionName ?? name, arguments);
                }

                ChatResponseUpdate update = Convert(part);
                if (part.FinishReason is not null)
                {
                    finished = true;
                    foreach ((string? id, string? name, StringBuilder arguments) in calls.Values)
                    {
                        update.Contents.Add(OpenAIMessages.ToolCall(id ?? "", name ?? "", arguments.ToString()));
                    }
                }

                yield return update;
            }

            if (!finished)
            {
                // A closed connection looks like an orderly end to the reader of events; only the finish reason tells.
                throw new EndpointException($"{_endpoint} broke off in the middle of an answer. Check the server's log and its limits.") { Retryable = true };
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        IReadOnlyList<ChatResponse> group = [];
        if (_groups && count > 1)
        {
            try
            {
                group = await CompleteAsync(messages, options, count, result => OpenAIResponses.ConvertChoices(result.GetRawResponse().Content), cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointException error) when (error.Status is 400 or 422)
            {
                // Some servers refuse 'n'. Should the request be wrong for another reason, the single calls below say so.
                _groups = false;
            }

            _groups &= group.Count >= count;
        }

        IEnumerable<Task<ChatResponse>> rest = Enumerable.Range(group.Count, Math.Max(0, count - group.Count))
            .Select(i => GetResponseAsync(messages, WithStream(options, i), cancellationToken));
        return [.. group.Take(count), .. await Task.WhenAll(rest).ConfigureAwait(false)];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", _endpoint, _model)
            : serviceType == typeof(IGroupSampler) && !_groups ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_client) ? _client
            : null;
    }

    /// <summary>Closes the connections of the client's own HTTP client.</summary>
    public void Dispose()
    {
        _transport.Dispose();
        _ownHttp?.Dispose();
    }

    private static ChatResponseUpdate Convert(StreamingChatCompletionUpdate part)
    {
        ChatResponseUpdate update = new(ChatRole.Assistant, string.Concat(part.ContentUpdate.Select(content => content.Text)))
        {
            ResponseId = part.CompletionId,
            MessageId = part.CompletionId,
            ModelId = part.Model,
            FinishReason = part.FinishReason is { } reason ? OpenAIResponses.Convert(reason) : null,
        };
        if (OpenAIResponses.Convert(part.Usage) is { } usage)
        {
            update.Contents.Add(new UsageContent(usage));
        }

        return update;
    }

    private static ChatOptions? WithStream(ChatOptions? options, int index)
    {
        if (options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.Stream, out object? value) != true || value is not SampleStream stream)
        {
            return options;
        }

        ChatOptions own = options.Clone();
        own.AdditionalProperties = new AdditionalPropertiesDictionary(options.AdditionalProperties) { [ChatOptionKeys.Stream] = stream.Fork((ulong)index) };
        return own;
    }

    private async Task<T> CompleteAsync<T>(
        IEnumerable<ChatMessage> messages, ChatOptions? options, int choices, Func<ClientResult<ChatCompletion>, T> read, CancellationToken cancellationToken)
    {
        List<OpenAI.Chat.ChatMessage> converted = OpenAIMessages.Convert(messages, options?.Instructions);
        ChatCompletionOptions settings = OpenAIOptions.Convert(options, _official, choices);
        try
        {
            return read(await _client.CompleteChatAsync(converted, settings, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (EndpointErrors.From(error, _endpoint, _model, _time) is { } described)
            {
                throw described;
            }

            throw;
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (EndpointErrors.From(error, _endpoint, _model, _time) is { } described)
            {
                throw described;
            }

            throw;
        }
    }
}
