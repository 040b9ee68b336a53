using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Agents.Runtime.Connectors;

/// <summary>Turns what the network and the server say into one line that names URL, cause and fix.</summary>
internal static class EndpointErrors
{
    private const int MaximumDetail = 300;

    /// <summary>Describes an error; null when it is none of an endpoint (a cancellation, a broken program).</summary>
    /// <param name="error">The error.</param>
    /// <param name="endpoint">URL of the endpoint.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="time">Clock for dates in Retry-After.</param>
    public static EndpointException? From(Exception error, Uri endpoint, string model, TimeProvider time) => error switch
    {
        ClientResultException { Status: > 0 } refused => Refused(refused, endpoint, model, time),
        JsonException or FormatException or ArgumentOutOfRangeException or InvalidOperationException and not ObjectDisposedException =>
            new EndpointException($"{endpoint} sent something that is no OpenAI chat completion: {Line(error.Message)} Check that the URL ends in the API's base path, for example /v1.", error),
        _ => Unreachable(error, endpoint),
    };

    private static EndpointException? Unreachable(Exception error, Uri endpoint)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Network($"Nothing listens at {endpoint} (connection refused). Start the server or correct the URL.", error);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Network($"The host of {endpoint} is unknown. Correct the URL or check the name service.", error);
                case SocketException socket:
                    return Network($"The connection to {endpoint} broke: {socket.SocketErrorCode}. Check the server and the network.", error);
                case System.Security.Authentication.AuthenticationException:
                    return new EndpointException($"No secure connection to {endpoint}: {Line(cause.Message)} Check the certificate, or use http for a local server.", error);
            }
        }

        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or IOException or TimeoutException)
            {
                return Network($"The connection to {endpoint} broke: {Line(cause.Message)} Check the server and the network.", error);
            }
        }

        return null;
    }

    private static EndpointException Network(string message, Exception error) => new(message, error) { Retryable = true };

    private static EndpointException Refused(ClientResultException error, Uri endpoint, string model, TimeProvider time)
    {
        string detail = Detail(error);
        string fix = error.Status switch
        {
            401 => "Set AGENTS_API_KEY (or OPENAI_API_KEY) to a key this server accepts.",
            403 => "The key may not use this model; choose another model or key.",
            404 => $"Check the model name '{model}' and the base path of the URL (usually /v1).",
            400 or 422 => "The server does not accept the request; check the model's abilities (tools, images, response format) and limits.",
            413 => "The conversation is too large for this server; shorten it.",
            408 or 429 => "The server is busy; try again later, or lower the number of concurrent calls.",
            >= 500 => "The server failed; look into its log or try again later.",
            _ => "See the server's documentation.",
        };
        return new EndpointException($"{endpoint} answered {error.Status}{(detail.Length > 0 ? $" ({detail})" : "")}. {fix}", error)
        {
            Status = error.Status,
            Retryable = error.Status is 408 or 429 or >= 500,
            RetryAfter = RetryAfter(error.GetRawResponse(), time),
        };
    }

    private static TimeSpan? RetryAfter(PipelineResponse? response, TimeProvider time)
    {
        if (response is null || !response.Headers.TryGetValue("Retry-After", out string? value) || value is null)
        {
            return null;
        }

        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < TimeSpan.MaxValue.TotalSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks))
            : null;
    }

    private static string Detail(ClientResultException error)
    {
        try
        {
            BinaryData? content = error.GetRawResponse()?.Content;
            if (content is null)
            {
                return "";
            }

            using JsonDocument body = JsonDocument.Parse(content);
            JsonElement root = body.RootElement;
            JsonElement message = root.ValueKind != JsonValueKind.Object ? default
                : root.TryGetProperty("error", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("message", out JsonElement text) ? text
                : root.TryGetProperty("error", out inner) ? inner
                : root.TryGetProperty("message", out text) ? text
                : default;
            return message.ValueKind == JsonValueKind.String ? Line(message.GetString()!) : "";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // An error page in HTML, or a body that was never buffered: the status must do.
            return "";
        }
    }

    private static string Line(string text)
    {
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= MaximumDetail ? line : line[..MaximumDetail] + "…";
    }
}
