using Microsoft.AspNetCore.Http;

namespace Agents.Server.OpenAi;

/// <summary>An error whose message may travel to the client. Everything else is masked.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">OpenAI error type, such as <c>invalid_request_error</c>.</param>
/// <param name="code">OpenAI error code; null for none.</param>
/// <param name="parameter">The request field at fault; null for none.</param>
/// <param name="message">What the client reads.</param>
#pragma warning disable CA1032, CA1064 // Internal, never thrown without its parts and never leaves this assembly.
internal sealed class ApiErrorException(int status, string type, string? code, string? parameter, string message) : Exception(message)
#pragma warning restore CA1032, CA1064
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Gets the error in the form of the wire.</summary>
    public ApiError Error { get; } = new(message, type, parameter, code);

    /// <summary>A request that cannot be served as it is.</summary>
    /// <param name="parameter">The field at fault; null for the whole.</param>
    /// <param name="message">What is wrong and what is expected.</param>
    /// <param name="code">Error code; null for none.</param>
    public static ApiErrorException Invalid(string? parameter, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", code, parameter, message);
}
