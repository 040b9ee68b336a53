using System.Runtime.CompilerServices;
using Agents.Reasoning;

namespace Agents.Runtime.Plugins;

/// <summary>Stands for a plugin's strategy. Each request takes a lease, so that unloading waits for it; errors of the plugin's own code are counted and renamed.</summary>
internal sealed class LeasedStrategy(PluginHost host, string id) : IReasoningStrategy
{
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using FeatureLease<IReasoningStrategy> lease = host.Acquire<IReasoningStrategy>(id)
            ?? throw new PluginException($"The strategy '{id}' was unloaded. 'agents plugins list' shows why.");
        IAsyncEnumerator<ReasoningUpdate> updates = Guard(lease, () => lease.Value.SolveAsync(task, context, cancellationToken).GetAsyncEnumerator(cancellationToken));
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                ReasoningUpdate update;
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    update = updates.Current;
                }
                catch (Exception error) when (lease.Caused(error))
                {
                    throw host.ReportFault(lease.PluginId, $"answering with '{id}'", error);
                }

                yield return update;
            }
        }
    }

    private T Guard<T>(FeatureLease<IReasoningStrategy> lease, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (lease.Caused(error))
        {
            throw host.ReportFault(lease.PluginId, $"answering with '{id}'", error);
        }
    }
}
