using Agents.Server.Health;
using Agents.Server.OpenAi;
using Agents.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Server;

/// <summary>Maps the server's routes.</summary>
public static class AgentsServerEndpoints
{
    /// <summary>
    /// Maps <c>/v1/models</c>, <c>/v1/chat/completions</c>, <c>/livez</c> and <c>/readyz</c>. Without keys only requests to loopback addresses are answered.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <returns>The group of all routes, for further conventions such as an authorization policy.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AgentsServerServices.AddAgentsServer"/> was not called.</exception>
    public static IEndpointConventionBuilder MapAgents(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        IServiceProvider services = endpoints.ServiceProvider;
        RequestGate gate = services.GetService<RequestGate>()
            ?? throw new InvalidOperationException($"Call services.{nameof(AgentsServerServices.AddAgentsServer)}(...) before {nameof(MapAgents)}().");
        ModelEndpoint models = services.GetRequiredService<ModelEndpoint>();
        RouteGroupBuilder group = endpoints.MapGroup("");
        group.MapGet("/livez", HealthEndpoint.LiveAsync);
        group.MapGet("/readyz", services.GetRequiredService<HealthEndpoint>().ReadyAsync);
        group.MapGet("/v1/models", gate.Guard(models.ListAsync));
        group.MapGet("/v1/models/{id}", gate.Guard(models.ShowAsync));
        group.MapPost("/v1/chat/completions", gate.Guard(services.GetRequiredService<ChatCompletionEndpoint>().RunAsync, counted: true));
        group.Map("/v1/{**path}", gate.Guard(static context => throw new ApiErrorException(
            StatusCodes.Status404NotFound, "invalid_request_error", "unknown_url", null, $"There is no {context.Request.Method} {context.Request.Path} here.")));
        return group;
    }
}
