using Agents.Runtime.Reasoning;
using Agents.Server.Health;
using Agents.Server.OpenAi;
using Agents.Server.Security;
using Agents.Server.Serving;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Agents.Server;

/// <summary>Registers the server.</summary>
public static class AgentsServerServices
{
    /// <summary>
    /// Adds what <see cref="AgentsServerEndpoints.MapAgents"/> needs. The host registers an <see cref="IChatClient"/>, and a <see cref="ReasoningEngine"/> when
    /// strategies are offered; or an <see cref="IServedModels"/> of its own.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">What is exposed and the limits; null for the defaults.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static IServiceCollection AddAgentsServer(this IServiceCollection services, AgentsServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new AgentsServerOptions();
        options.Validate();
        services.AddSingleton(options);
        services.AddSingleton(new ApiKeyTable(options.ApiKeys));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IServedModels>(
            provider => new HostedModels(provider.GetRequiredService<IChatClient>(), options, provider.GetService<ReasoningEngine>()));
        services.AddSingleton<RequestGate>();
        services.AddSingleton<ChatCompletionEndpoint>();
        services.AddSingleton<ModelEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<IHostedService, BindingCheck>();
        return services;
    }
}
