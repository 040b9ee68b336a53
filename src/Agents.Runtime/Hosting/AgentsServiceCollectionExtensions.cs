using Agents.Runtime.Features;
using Agents.Runtime.Reasoning;
using Agents.Runtime.Trajectories;
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
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IRequestObserver>()));
        services.TryAddSingleton<IAgents>(static provider => provider.GetRequiredService<AgentsRuntime>());
        services.TryAddSingleton<IChatClient>(static provider => provider.GetRequiredService<IAgents>().Client());
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<AgentsRuntime>());
        return services;
    }

    /// <summary>Records every finished request with all its branches in a folder, from which <c>agents data build</c> makes training data. Without this nothing is recorded.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="folder">The folder; created when it is missing.</param>
    /// <param name="options">Queue, file size, redaction; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <remarks>A request opts out by <see cref="RequestProvenance.MayRecord"/>.</remarks>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static IServiceCollection RecordTrajectories(this IServiceCollection services, string folder, TrajectoryRecorderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options?.Validate();
        services.TryAddSingleton<TrajectoryRecorder>(provider => new TrajectoryRecorder(folder, options, logging: provider.GetService<ILoggerFactory>()));
        services.TryAddSingleton<IRequestObserver>(static provider => provider.GetRequiredService<TrajectoryRecorder>());
        return services;
    }
}
