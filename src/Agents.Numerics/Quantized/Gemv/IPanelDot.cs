using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>The product of one block of a panel (16 rows) with one block of a rounded row, for one element type.</summary>
internal unsafe interface IPanelDot
{
    /// <summary>Gets the elements of a block: 32 or 256.</summary>
    static abstract int BlockElements { get; }

    /// <summary>Adds the product to the chain of every row, as the contract in <see cref="IQuantizedKernels"/> says.</summary>
    /// <typeparam name="TCodes">Integer lanes.</typeparam>
    /// <typeparam name="TFloats">Float lanes of the same width.</typeparam>
    /// <param name="panel">The block in the areas of the panel.</param>
    /// <param name="ahead">A block that will be needed soon: its memory is asked for, line by line beside the reading of this block.</param>
    /// <param name="x">The block of the rounded row.</param>
    /// <param name="sum">The chains of the 16 rows so far.</param>
    /// <returns>The chains with this block.</returns>
    static abstract TFloats Accumulate<TCodes, TFloats>(PanelBlock panel, PanelBlock ahead, RowBlock x, TFloats sum)
        where TCodes : unmanaged, ICodeLanes<TCodes, TFloats>
        where TFloats : unmanaged, ILanes<TFloats>;
}
