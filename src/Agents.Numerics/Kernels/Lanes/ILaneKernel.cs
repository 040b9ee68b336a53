namespace Agents.Numerics.Kernels.Lanes;

/// <summary>An operation on independent items (rows, columns, tiles): a struct with the arguments and one method for every vector width.</summary>
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
