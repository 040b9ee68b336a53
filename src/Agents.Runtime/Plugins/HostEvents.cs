using System.Collections.Immutable;
using Agents.Plugins;
using Microsoft.Extensions.Logging;

namespace Agents.Runtime.Plugins;

/// <summary>Distributes host events. A handler that throws is logged and does not disturb the others.</summary>
internal sealed class HostEvents(ILogger logger)
{
    private ImmutableArray<Subscription> _subscriptions = [];

    public IDisposable Subscribe(HostEvent kind, Action<HostEventArgs> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var subscription = new Subscription(this, kind, handler);
        ImmutableInterlocked.Update(ref _subscriptions, static (list, item) => list.Add(item), subscription);
        return subscription;
    }

    public void Raise(HostEvent kind, string subject)
    {
        foreach (Subscription subscription in _subscriptions)
        {
            if (subscription.Kind != kind)
            {
                continue;
            }

            try
            {
                subscription.Handler(new HostEventArgs(kind, subject));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The text only: an exception object of a plugin's own type would keep the plugin alive in log buffers.
                logger.LogError("A plugin's handler of {Event} failed: {Error}", kind, error.Message);
            }
        }
    }

    private sealed class Subscription(HostEvents owner, HostEvent kind, Action<HostEventArgs> handler) : IDisposable
    {
        public HostEvent Kind { get; } = kind;

        public Action<HostEventArgs> Handler { get; } = handler;

        public void Dispose() => ImmutableInterlocked.Update(ref owner._subscriptions, static (list, item) => list.Remove(item), this);
    }
}
