using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Agents.Server.OpenAi;

/// <summary>Writes server-sent events. The answer's head is sent with the first event, so an error before it can still have a status of its own.</summary>
/// <param name="response">The response.</param>
internal sealed class EventStream(HttpResponse response)
{
    /// <summary>Gets whether the head has been sent.</summary>
    public bool Started => response.HasStarted;

    /// <summary>Sends one event.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="data">Its content, written as one line of JSON.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="cancellationToken">Set when the client is gone.</param>
    public Task SendAsync<T>(T data, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        WriteAsync([.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(data, type), .. "\n\n"u8], cancellationToken);

    /// <summary>Sends a comment, which clients skip: it keeps the connection alive while a strategy works.</summary>
    /// <param name="cancellationToken">Set when the client is gone.</param>
    public Task SendCommentAsync(CancellationToken cancellationToken) => WriteAsync(": working\n\n"u8.ToArray(), cancellationToken);

    /// <summary>Sends the mark of the end.</summary>
    /// <param name="cancellationToken">Set when the client is gone.</param>
    public Task SendDoneAsync(CancellationToken cancellationToken) => WriteAsync("data: [DONE]\n\n"u8.ToArray(), cancellationToken);

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream; charset=utf-8";
            response.Headers.CacheControl = "no-cache";
            response.Headers["X-Accel-Buffering"] = "no";
            response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        }

        await response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
