using Agents.Server.Serving;
using Microsoft.AspNetCore.Http;

namespace Agents.Server.OpenAi;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
/// <param name="models">What is served.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelEndpoint(IServedModels models, TimeProvider time)
{
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The error for a model that is not served.</summary>
    /// <param name="id">The id in the request.</param>
    /// <param name="models">What is served.</param>
    public static ApiErrorException NotFound(string id, IServedModels models) => new(
        StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", "model", $"The model '{id}' does not exist here. {NearestNames.Describe(id, models.Ids)}");

    /// <summary>Lists all models.</summary>
    /// <param name="context">The request.</param>
    public Task ListAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new ModelList("list", [.. models.Ids.Select(Entry)]), WireJson.Default.ModelList, cancellationToken: context.RequestAborted);

    /// <summary>Describes one model.</summary>
    /// <param name="context">The request.</param>
    public Task ShowAsync(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["id"]!;
        return models.Ids.Contains(id, StringComparer.Ordinal)
            ? context.Response.WriteAsJsonAsync(Entry(id), WireJson.Default.ModelEntry, cancellationToken: context.RequestAborted)
            : throw NotFound(id, models);
    }

    private ModelEntry Entry(string id) => new(id, "model", _created, "agents");
}
