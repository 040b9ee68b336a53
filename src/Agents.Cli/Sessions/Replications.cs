using Agents.Cli.Output;
using Agents.Plugins;
using Agents.Replication;
using Agents.Runtime.Features;

namespace Agents.Cli.Sessions;

/// <summary>The replications that plugins offer, in use for as long as this object lives.</summary>
internal sealed class Replications : IDisposable
{
    /// <summary>Stands for all replications.</summary>
    public const string All = "all";

    private readonly FeatureUse<IReplication>[] _uses;

    private Replications(FeatureUse<IReplication>[] uses) => _uses = uses;

    /// <summary>Gets the replications, by ascending number of the paper.</summary>
    public IReadOnlyList<IReplication> Known => [.. _uses.Select(use => use.Feature).OrderBy(one => one.Info.Paper, StringComparer.Ordinal)];

    /// <summary>Takes all replications into use.</summary>
    /// <param name="features">What the plugins offer.</param>
    public static Replications Of(IFeatureSource features)
    {
        List<FeatureUse<IReplication>> uses = [];
        foreach (FeatureInfo info in features.List<IReplication>())
        {
            if (features.Acquire<IReplication>(info.Id) is { } use)
            {
                uses.Add(use);
            }
        }

        return new Replications([.. uses]);
    }

    /// <summary>Finds what was asked for.</summary>
    /// <param name="paper">Number of a paper, id of its strategy, or <c>all</c>.</param>
    /// <exception cref="UsageException">There is none; the message offers the nearest.</exception>
    public IReadOnlyList<IReplication> Find(string paper)
    {
        IReplication[] found = [.. Known.Where(one => paper == All || one.Info.Paper == paper || one.Info.Name == paper)];
        string[] names = [.. Known.SelectMany(one => (string[])[one.Info.Paper, one.Info.Name]), All];
        return found.Length > 0 ? found : throw new UsageException($"There is no replication '{paper}'. {NearestNames.Describe(paper, names)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FeatureUse<IReplication> use in _uses)
        {
            use.Dispose();
        }
    }
}
