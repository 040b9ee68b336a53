using System.Runtime.CompilerServices;
using Agents.Reasoning;

namespace Agents.Runtime.Plugins;

/// <summary>Stands for a leased strategy of a plugin: errors of the plugin's own code are counted and thrown again under the plugin's name.</summary>
internal sealed class GuardedStrategy(PluginHost host, FeatureLease<IReasoningStrategy> lease, string id) : IReasoningStrategy
{
    public async IAsyncEnumerable<ReasoningUpdate> SolveAsync(
        ReasoningTask task, IReasoningContext context, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<ReasoningUpdate> updates = Guard(() => lease.Value.SolveAsync(task, context, cancellationToken).GetAsyncEnumerator(cancellationToken));
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

    private T Guard<T>(Func<T> action)
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
