using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Agents.Models.Decoder;
using Agents.Models.Templates;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat;

/// <summary>
/// A chat client over a language model in this process. Prompts follow the model's chat template, in which only the template makes control tokens: nothing in
/// a message can end a turn or open one. Safe for concurrent calls. The model stays the caller's.
/// </summary>
/// <remarks>
/// Tools, response formats and a pattern (<see cref="ChatOptionKeys.Regex"/>) are honoured; a required call or format is enforced while decoding. What begins like
/// a tool call and is none stays text, followed by an <see cref="ErrorContent"/>. Responses, and the last update of a stream, carry a <see cref="GenerationRecord"/>. A cancelled stream yields one more update with the record so far
/// (<see cref="GenerationFinish.Cancelled"/>) before it throws <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class LocalChatClient : IChatClient, IGroupSampler, IConversationEncoder
{
    /// <summary>Name of the provider in metadata.</summary>
    public const string ProviderName = "agents";

    private readonly ILanguageModel _model;
    private readonly ChatRequestMapper _mapper;
    private readonly LocalChatClientOptions _options;
    private readonly ChatClientMetadata _metadata;
    private long _responses;

    /// <summary>Creates a client with the chat template that the model carries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Defaults of calls; null for the usual ones.</param>
    /// <exception cref="ChatTemplateException">The model carries no template, or one that this build cannot read.</exception>
    public LocalChatClient(DecoderModel model, LocalChatClientOptions? options = null)
        : this(model, ChatTemplates.ForModel((model ?? throw new ArgumentNullException(nameof(model))).TokenizerDefinition, options?.Time), options)
    {
    }

    /// <summary>Creates a client with a chosen chat template.</summary>
    /// <param name="model">The model.</param>
    /// <param name="template">Form in which the model was taught conversations.</param>
    /// <param name="options">Defaults of calls; null for the usual ones.</param>
    /// <exception cref="ChatTemplateException">The vocabulary lacks the token that ends a turn.</exception>
    public LocalChatClient(ILanguageModel model, ChatTemplate template, LocalChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(template);
        _options = options ?? new LocalChatClientOptions();
        _options.Validate();
        _model = model;
        _mapper = new ChatRequestMapper(model, template, _options);
        _metadata = new ChatClientMetadata(ProviderName, providerUri: null, model.Name);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no messages, the prompt is too long, or a setting is out of range.</exception>
    /// <exception cref="NotSupportedException">A tool that is no function, content other than text, or a format that the model cannot be held to was asked for.</exception>
    /// <exception cref="Constraints.ConstraintException">The schema or pattern that the answer must satisfy cannot be enforced.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatResponse> responses = await SampleCoreAsync(messages, 1, options, cancellationToken).ConfigureAwait(false);
        return responses[0];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatResponse>> SampleAsync(
        IReadOnlyList<ChatMessage> messages, int count, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return SampleCoreAsync(messages, count, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatRequest request = _mapper.Map(messages, 1, options);
        AnswerBuilder answer = new(_model, request);
        string id = NextId();
        IAsyncEnumerator<GeneratedToken> tokens = _model.GenerateAsync(request.Generation, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (tokens.ConfigureAwait(false))
        {
            OperationCanceledException? cancelled = null;
            while (true)
            {
                List<AIContent> contents = [];
                bool more = false;
                try
                {
                    more = await tokens.MoveNextAsync().ConfigureAwait(false);
                }
                catch (OperationCanceledException error) when (cancellationToken.IsCancellationRequested)
                {
                    cancelled = error;
                    answer.Cancel(contents);
                }

                if (more)
                {
                    answer.Append(tokens.Current, contents);
                }

                if (contents.Count > 0)
                {
                    yield return Update(id, contents);
                }

                if (!more)
                {
                    break;
                }
            }

            // Without a message id its properties belong to the response as a whole when updates are joined.
            ChatResponseUpdate last = Update(id, [new UsageContent(answer.Usage)]);
            last.MessageId = null;
            last.FinishReason = answer.FinishReason;
            last.AdditionalProperties = answer.Properties();
            yield return last;
            if (cancelled is not null)
            {
                throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> EncodePrompt(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) => _mapper.Prompt(messages, options);

    /// <inheritdoc/>
    public EncodedConversation EncodeTarget(IReadOnlyList<ChatMessage> messages, ChatMessage target, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return _mapper.Example(messages, target, options);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_model) ? _model
            : null;
    }

    /// <summary>Does nothing: the model belongs to whoever loaded it.</summary>
    public void Dispose()
    {
    }

    private async Task<IReadOnlyList<ChatResponse>> SampleCoreAsync(
        IEnumerable<ChatMessage> messages, int count, ChatOptions? options, CancellationToken cancellationToken)
    {
        ChatRequest request = _mapper.Map(messages, count, options);
        AnswerBuilder[] answers = [.. Enumerable.Range(0, count).Select(_ => new AnswerBuilder(_model, request))];
        List<AIContent>[] contents = [.. answers.Select(_ => new List<AIContent>())];
        await foreach (GeneratedToken token in _model.GenerateAsync(request.Generation, cancellationToken).ConfigureAwait(false))
        {
            answers[token.Sample].Append(token, contents[token.Sample]);
        }

        return [.. answers.Zip(contents, Response)];
    }

    private ChatResponse Response(AnswerBuilder answer, List<AIContent> contents)
    {
        string id = NextId();
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, Joined(contents)) { MessageId = id })
        {
            ResponseId = id,
            ModelId = _model.Name,
            CreatedAt = _options.Time.GetUtcNow(),
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
            AdditionalProperties = answer.Properties(),
        };
    }

    /// <summary>Joins pieces of text that follow each other; an answer without anything is an empty text.</summary>
    private static List<AIContent> Joined(List<AIContent> contents)
    {
        List<AIContent> joined = [];
        StringBuilder text = new();
        foreach (AIContent content in contents)
        {
            if (content is TextContent piece)
            {
                text.Append(piece.Text);
                continue;
            }

            AddText();
            joined.Add(content);
        }

        if (text.Length > 0 || joined.Count == 0)
        {
            AddText(always: true);
        }

        return joined;

        void AddText(bool always = false)
        {
            if (text.Length > 0 || always)
            {
                joined.Add(new TextContent(text.ToString()));
                text.Clear();
            }
        }
    }

    private ChatResponseUpdate Update(string id, List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = _model.Name,
        CreatedAt = _options.Time.GetUtcNow(),
    };

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"local-{Interlocked.Increment(ref _responses)}");
}
