namespace Agents.Numerics.Threading;

/// <summary>The parallel part of a kernel: a struct with the arguments, run once per chunk. Chunks run in any order and at the same time.</summary>
public interface IComputeBody
{
    /// <summary>Does one chunk of the work.</summary>
    /// <param name="chunk">Index of the chunk, from 0.</param>
    /// <param name="worker">
    /// Index of the executing thread, 0 … <see cref="ComputePool.Threads"/> − 1; two threads of the same run never share one.
    /// Runs started by different callers may overlap and use the same indices, so scratch memory belongs to the call, not to the pool.
    /// </param>
    void Execute(int chunk, int worker);
}
