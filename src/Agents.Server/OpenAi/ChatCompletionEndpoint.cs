using System.Text.Json;
using Agents.Server.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.AI;

namespace Agents.Server.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
/// <param name="models">What is served.</param>
/// <param name="options">Limits.</param>
/// <param name="time">The clock.</param>
internal sealed class ChatCompletionEndpoint(IServedModels models, AgentsServerOptions options, TimeProvider time)
{
    /// <summary>How request JSON is read: schemas of 32 levels fit, deeper nesting is an attack.</summary>
    public static readonly JsonDocumentOptions JsonLimits = new() { MaxDepth = 40, AllowDuplicateProperties = false };

    private readonly ChoiceSeeds _seeds = new(options);

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="ApiErrorException">The request is refused.</exception>
    public async Task RunAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        ChatCompletionRequest request = await ReadAsync(context).ConfigureAwait(false);
        if (!models.TryGet(request.Model, out ServedModel? model))
        {
            throw ModelEndpoint.NotFound(request.Model, models);
        }

        string id = "chatcmpl-" + context.TraceIdentifier.Replace(':', '-');
        long created = time.GetUtcNow().ToUnixTimeSeconds();
        EventStream events = new(context.Response);
        try
        {
            if (request.Stream)
            {
                ChatCompletionChunk head = new(id, "chat.completion.chunk", created, model.Id, [], null);
                await new StreamedAnswer(_seeds).RunAsync(model, request, head, events, gone).ConfigureAwait(false);
                return;
            }

            (IReadOnlyList<AnswerChoice> choices, TokenUsage usage) = await new WholeAnswer(_seeds).RunAsync(model, request, gone).ConfigureAwait(false);
            ChatCompletion completion = new(id, "chat.completion", created, model.Id, choices, usage);
            await context.Response.WriteAsJsonAsync(completion, WireJson.Default.ChatCompletion, cancellationToken: gone).ConfigureAwait(false);
        }
        catch (Exception error) when (events.Started && !gone.IsCancellationRequested)
        {
            // The status is sent already: the error becomes the last event, and no [DONE] follows.
            ApiErrorException shown = ErrorReply.Translate(context, error);
            await events.SendAsync(new ErrorBody(shown.Error), WireJson.Default.ErrorBody, gone).ConfigureAwait(false);
        }
    }

    private async Task<ChatCompletionRequest> ReadAsync(HttpContext context)
    {
        // Browsers send this type to other origins only after asking, which this server never allows: no web page can use a local server.
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiErrorException(
                StatusCodes.Status415UnsupportedMediaType, "invalid_request_error", "unsupported_media_type", null, "Send the request with Content-Type: application/json.");
        }

        IHttpMaxRequestBodySizeFeature? limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false })
        {
            limit.MaxRequestBodySize = options.MaximumBodyBytes;
        }

        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(context.Request.Body, JsonLimits, context.RequestAborted).ConfigureAwait(false);
            return ChatRequestReader.Read(document.RootElement, options);
        }
        catch (JsonException error)
        {
            throw ApiErrorException.Invalid(null, $"The body is no JSON this server reads: {error.Message}", "invalid_json");
        }
        catch (InvalidOperationException)
        {
            // The search for duplicate names unescapes them, and half of a surrogate pair has no characters.
            throw ApiErrorException.Invalid(null, "A name or string of the body is not valid Unicode.", "invalid_json");
        }
    }
}
