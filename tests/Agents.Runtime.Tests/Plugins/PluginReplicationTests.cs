using Agents.Replication;
using Agents.Runtime.Features;
using Agents.Runtime.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agents.Runtime.Tests.Plugins;

/// <summary>Replications are features like any other: announced in the manifest, found through the host.</summary>
public sealed class PluginReplicationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("plugin-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Acquire_AnnouncedReplication_IsFoundByItsNumber()
    {
        string source = PluginSource.Good
            .Replace("/*describe*/", "catalog.Add<Agents.Replication.IReplication>(new FeatureInfo(\"7\", \"A toy.\"), host => new Toy());", StringComparison.Ordinal)
            .Replace("public sealed class Echo", """
                public sealed class Toy : Agents.Replication.IReplication
                {
                    public Agents.Replication.ReplicationInfo Info { get; } = new("7", "toy", "A toy", "It changes.");

                    public Task<Agents.Replication.ReplicationFindings> RunAsync(Agents.Replication.ILaboratory laboratory, CancellationToken cancellationToken = default) => throw new NotSupportedException();
                }

                public sealed class Echo
                """, StringComparison.Ordinal);
        string folder = PluginSource.Install(_root, "toy", source);
        string manifest = Path.Combine(folder, "plugin.json");
        string text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace("\"features\":[", "\"features\":[{\"kind\":\"replication\",\"id\":\"7\",\"summary\":\"A toy.\"},", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var host = new PluginHost(new PluginHostOptions(), NullLoggerFactory.Instance, TimeProvider.System);

        PluginStatus status = await host.LoadAsync(folder, PluginTrust.ThirdParty, TestContext.Current.CancellationToken);
        PluginFeatures features = new(new FeatureTable(), host);

        Assert.True(status.State == PluginState.Active, status.Reason);
        Assert.Equal("7", Assert.Single(features.List<IReplication>()).Id);
        using FeatureUse<IReplication>? use = features.Acquire<IReplication>("7");
        Assert.Equal("toy", use!.Feature.Info.Name);
    }
}
