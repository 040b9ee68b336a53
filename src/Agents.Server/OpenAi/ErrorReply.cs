using Agents.Models.Constraints;
using Agents.Models.Serving;
using Agents.Runtime.Reasoning;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agents.Server.OpenAi;

/// <summary>Turns exceptions into OpenAI-style errors. What is not meant for the client is logged and shown as an id.</summary>
internal static partial class ErrorReply
{
    /// <summary>Writes the error, unless the answer has begun or the client is gone.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The error.</param>
    public static async Task WriteAsync(HttpContext context, Exception error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        ApiErrorException shown = Translate(context, error);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = shown.Status;
        AddHeaders(context, shown.Status);
        await context.Response.WriteAsJsonAsync(new ErrorBody(shown.Error), WireJson.Default.ErrorBody, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Returns the error the client may see; logs the others.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The error.</param>
    public static ApiErrorException Translate(HttpContext context, Exception error)
    {
        switch (error)
        {
            case ApiErrorException shown:
                return shown;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ApiErrorException(StatusCodes.Status413PayloadTooLarge, "invalid_request_error", "request_too_large", null, "The body is larger than this server accepts.");
            case BadHttpRequestException bad:
                return new ApiErrorException(bad.StatusCode, "invalid_request_error", null, null, "The request is malformed.");
            case StrategyNotFoundException:
                return new ApiErrorException(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", "model", "The strategy is not loaded any more.");
            case ConstraintException:
                return ApiErrorException.Invalid(null, FirstLine(error.Message), "invalid_constraint");
            case QueueFullException:
                return new ApiErrorException(StatusCodes.Status429TooManyRequests, "rate_limit_error", "too_many_requests", null, FirstLine(error.Message));
            case ArgumentException or NotSupportedException or CacheTooSmallException:
                return ApiErrorException.Invalid(null, FirstLine(error.Message), "unsupported_request");
            default:
                ILogger log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Agents.Server");
                LogFailure(log, error, context.TraceIdentifier);
                return new ApiErrorException(
                    StatusCodes.Status500InternalServerError, "server_error", "internal_error", null, $"The server failed. Its log has the details under the id {context.TraceIdentifier}.");
        }
    }

    /// <summary>Adds what every answer carries.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status of the answer.</param>
    public static void AddHeaders(HttpContext context, int status)
    {
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }
    }

    // ArgumentException appends the parameter's name, which means nothing to the client.
    private static string FirstLine(string message)
    {
        int parameter = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        string text = parameter < 0 ? message : message[..parameter];
        int line = text.AsSpan().IndexOfAny('\r', '\n');
        return line < 0 ? text : text[..line];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Id} failed.")]
    private static partial void LogFailure(ILogger logger, Exception error, string id);
}
