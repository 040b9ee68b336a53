using Agents.Server.OpenAi;
using Microsoft.AspNetCore.Http;

namespace Agents.Server.Security;

/// <summary>Stands in front of every API route: key, locality, concurrency, and errors in the API's form.</summary>
/// <param name="keys">The accepted keys.</param>
/// <param name="options">Limits.</param>
internal sealed class RequestGate(ApiKeyTable keys, AgentsServerOptions options)
{
    private int _running;

    /// <summary>Guards a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="counted">Whether the requests take part in the concurrency limit.</param>
    public RequestDelegate Guard(RequestDelegate handler, bool counted = false) => context => RunAsync(context, handler, counted);

    private async Task RunAsync(HttpContext context, RequestDelegate handler, bool counted)
    {
        try
        {
            ErrorReply.AddHeaders(context, StatusCodes.Status200OK);
            RequireAccess(context);
            await (counted ? RunCountedAsync(context, handler) : handler(context)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone and the generation has ended: there is nobody to tell.
        }
        catch (Exception error)
        {
            await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private async Task RunCountedAsync(HttpContext context, RequestDelegate handler)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > options.MaximumConcurrentRequests)
            {
                throw new ApiErrorException(
                    StatusCodes.Status429TooManyRequests, "rate_limit_error", "too_many_requests", null, $"The server answers {options.MaximumConcurrentRequests} requests at a time; try again.");
            }

            await handler(context).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void RequireAccess(HttpContext context)
    {
        if (keys.IsEmpty && !LoopbackRule.IsLocal(context))
        {
            throw new ApiErrorException(
                StatusCodes.Status403Forbidden, "permission_error", "not_local", null, "This server has no API keys and therefore answers requests to localhost only.");
        }

        if (!keys.Accepts(context.Request.Headers.Authorization))
        {
            throw new ApiErrorException(
                StatusCodes.Status401Unauthorized, "invalid_request_error", "invalid_api_key", null, "The API key is missing or wrong; send it as 'Authorization: Bearer KEY'.");
        }
    }
}
