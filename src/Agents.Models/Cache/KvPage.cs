using Agents.Numerics.Memory;

namespace Agents.Models.Cache;

/// <summary>Memory for some positions of all layers, and how many sequences hold it.</summary>
/// <param name="bytes">Size.</param>
internal sealed class KvPage(long bytes) : IDisposable
{
    /// <summary>Gets the memory: the layers one after the other. Small pages of the system, so that positions nobody wrote (the rest of a sample's last page) take none.</summary>
    public AlignedBuffer<byte> Memory { get; } = new(bytes, clear: false, huge: false);

    /// <summary>Number of sequences that hold the page; changed by the pool alone, under its lock.</summary>
    public int References;

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();
}
