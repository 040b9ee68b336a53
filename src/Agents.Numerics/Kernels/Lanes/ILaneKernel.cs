namespace Agents.Numerics.Kernels.Lanes;

/// <summary>An operation on independent items (rows, columns, tiles): a struct with the arguments and one method for every vector width.</summary>
/// <remarks>
/// Kernels are marked NoInlining beside AggressiveOptimization: the latter alone does not keep a later, profiled compilation of a caller from taking the loop
/// in, where the inliner then runs out of budget and leaves the lanes' methods as calls with vectors in memory (SwiGlu on two threads became eight times slower).
/// </remarks>
internal interface ILaneKernel
{
    /// <summary>Processes some consecutive items. Called at the same time for other items.</summary>
    /// <typeparam name="TLanes">Sixteen floats.</typeparam>
    /// <typeparam name="TDoubles">Eight doubles of the same width.</typeparam>
    /// <param name="first">First item.</param>
    /// <param name="count">Number of items.</param>
    void Run<TLanes, TDoubles>(int first, int count)
        where TLanes : unmanaged, ILanes<TLanes>
        where TDoubles : unmanaged, IDoubleLanes<TDoubles>;
}
