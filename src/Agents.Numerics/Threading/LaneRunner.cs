namespace Agents.Numerics.Threading;

/// <summary>A pool seen from one lane.</summary>
/// <param name="Pool">Where the work runs.</param>
/// <param name="Lane">Who is served first.</param>
public readonly record struct LaneRunner(ComputePool Pool, ComputeLane Lane)
{
    /// <inheritdoc cref="ComputePool.Run{TBody}(ComputeLane, ref TBody, int)"/>
    public void Run<TBody>(ref TBody body, int chunks)
        where TBody : struct, IComputeBody => Pool.Run(Lane, ref body, chunks);
}
