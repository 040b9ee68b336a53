using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Threading;

public sealed class ProcessorTopologyTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("topology");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void PhysicalCores_HyperThreads_CountOnce()
    {
        Write("0-1", "0-1", "2-3", "2-3");
        Assert.Equal(2, ProcessorTopology.PhysicalCores(_root.FullName, 4));
    }

    [Fact]
    public void PhysicalCores_MoreCoresThanAvailable_IsLimited()
    {
        Write("0", "1", "2", "3");
        Assert.Equal(3, ProcessorTopology.PhysicalCores(_root.FullName, 3));
    }

    [Fact]
    public void PhysicalCores_NoListing_CountsLogicalProcessors() =>
        Assert.Equal(6, ProcessorTopology.PhysicalCores(Path.Combine(_root.FullName, "missing"), 6));

    private void Write(params string[] siblings)
    {
        for (int processor = 0; processor < siblings.Length; processor++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_root.FullName, $"cpu{processor}", "topology")).FullName;
            File.WriteAllText(Path.Combine(folder, "thread_siblings_list"), siblings[processor] + "\n");
        }
    }
}
