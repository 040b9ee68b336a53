using Agents.Runtime.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Hosting;

/// <summary>Adds the runtime to an application.</summary>
public static class AgentsServiceCollectionExtensions
{
    /// <summary>Registers <see cref="IAgents"/>, an <see cref="IChatClient"/> of the default strategy, and the service that loads plugins at start.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">Lists every setting that cannot work.</exception>
    public static IServiceCollection AddAgents(this IServiceCollection services, Action<AgentsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AgentsOptions options = new();
        configure?.Invoke(options);
        options.Validate();
        services.TryAddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FeatureTable>();
        services.TryAddSingleton<IModelLoader>(static provider => new ModelLoader(
            provider.GetRequiredService<AgentsOptions>(), provider.GetService<IConfiguration>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new AgentsRuntime(
            provider.GetRequiredService<AgentsOptions>(),
            provider.GetRequiredService<IModelLoader>(),
            provider.GetRequiredService<FeatureTable>(),
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IAgents>(static provider => provider.GetRequiredService<AgentsRuntime>());
        services.TryAddSingleton<IChatClient>(static provider => provider.GetRequiredService<IAgents>().Client());
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<AgentsRuntime>());
        return services;
    }
}
