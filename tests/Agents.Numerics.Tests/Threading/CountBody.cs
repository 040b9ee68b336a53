using Agents.Numerics.Threading;

namespace Agents.Numerics.Tests.Threading;

/// <summary>Counts how often each chunk ran.</summary>
internal unsafe struct CountBody : IComputeBody
{
    public int* Counts;
    public int Threads;

    public readonly void Execute(int chunk, int worker)
    {
        if (worker < 0 || worker >= Threads)
        {
            throw new InvalidOperationException($"Worker {worker} of {Threads}.");
        }

        Interlocked.Increment(ref Counts[chunk]);
    }
}
