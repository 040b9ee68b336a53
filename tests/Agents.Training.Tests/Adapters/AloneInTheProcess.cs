using Agents.Numerics.Memory;

namespace Agents.Training.Tests.Adapters;

/// <summary>Tests that read counters of the whole process and so run without neighbours.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    /// <summary>Reads the bytes in use once nothing that earlier tests left behind can be given back any more: a finalizer in between would be taken for the subject's own.</summary>
    public static long BytesInUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return UnmanagedMemory.BytesInUse;
    }
}
