using Agents.Server.OpenAi;
using Agents.Server.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Agents.Server.Health;

/// <summary><c>GET /livez</c>: the process answers. <c>GET /readyz</c>: it can serve. Neither needs a key nor tells anything else.</summary>
/// <param name="models">What is served.</param>
/// <param name="lifetime">When the host has started and begins to stop.</param>
internal sealed class HealthEndpoint(IServedModels models, IHostApplicationLifetime lifetime)
{
    /// <summary>Answers that the process lives.</summary>
    /// <param name="context">The request.</param>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, "live");

    /// <summary>Answers whether requests can be served now.</summary>
    /// <param name="context">The request.</param>
    public Task ReadyAsync(HttpContext context)
    {
        bool ready = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested && models.Ids.Count > 0;
        return ready ? WriteAsync(context, StatusCodes.Status200OK, "ready") : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready");
    }

    private static Task WriteAsync(HttpContext context, int status, string state)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new HealthState(state), WireJson.Default.HealthState, cancellationToken: context.RequestAborted);
    }
}
