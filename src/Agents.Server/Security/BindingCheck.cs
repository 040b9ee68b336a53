using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agents.Server.Security;

/// <summary>
/// Ends the start of a host that listens publicly without keys. The real addresses are known only after binding; until this check has run (and after it has
/// failed) requests from outside are refused one by one by <see cref="LoopbackRule"/>.
/// </summary>
/// <param name="services">Where the server is found; hosts without one (tests, tools) have nothing to check.</param>
/// <param name="keys">The keys.</param>
internal sealed class BindingCheck(IServiceProvider services, ApiKeyTable keys) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        ICollection<string> addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        string[] open = keys.IsEmpty ? [.. addresses.Where(address => !LoopbackRule.IsLoopbackAddress(address))] : [];
        return open.Length == 0
            ? Task.CompletedTask
            : throw new ServerException($"The server listens on {string.Join(", ", open)} but has no API keys; give it keys, or bind it to http://127.0.0.1.");
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
