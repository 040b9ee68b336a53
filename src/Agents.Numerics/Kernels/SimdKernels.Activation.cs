using Agents.Numerics.Kernels.GatedActivation;
using Agents.Numerics.Kernels.Normalization;
using Agents.Numerics.Kernels.Rotary;
using Agents.Numerics.Kernels.Rows;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels;

/// <content>Normalization, rotary positions, gated activation and row movement, parallel over rows; sums over rows are parallel over columns.</content>
public sealed unsafe partial class SimdKernels : IActivationKernels<float>
{
    /// <inheritdoc/>
    public void RmsNorm(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms) =>
        RunItems(new RmsNormKernel { X = x, Weight = weight, Epsilon = epsilon, Y = y, InverseRms = inverseRms }, x.Rows, RowsPerChunk(x.Columns));

    /// <inheritdoc/>
    public void RmsNormBackward(
        MatrixView<float> dy, MatrixView<float> x, float* weight, float* inverseRms, MatrixView<float> dx, bool accumulate, float* dWeight)
    {
        if (dWeight != null)
        {
            // First, because dx may overwrite dy.
            RunItems(new RmsNormWeightKernel { DY = dy, X = x, InverseRms = inverseRms, DWeight = dWeight }, ColumnGroups(x.Columns), ColumnGroupsPerChunk(x));
        }

        RmsNormBackwardKernel kernel = new() { DY = dy, X = x, Weight = weight, InverseRms = inverseRms, DX = dx, Accumulate = accumulate };
        RunItems(kernel, x.Rows, RowsPerChunk(x.Columns));
    }

    /// <inheritdoc/>
    public void Rope(MatrixView<float> x, int headSize, int* positions, MatrixView<float> cosSin, bool inverse) =>
        RunItems(new RopeKernel { X = x, HeadSize = headSize, Positions = positions, CosSin = cosSin, Inverse = inverse }, x.Rows, RowsPerChunk(x.Columns));

    /// <inheritdoc/>
    public void SwiGlu(MatrixView<float> gate, MatrixView<float> up, MatrixView<float> output) =>
        RunItems(new SwiGluKernel { Gate = gate, Up = up, Output = output }, gate.Rows, RowsPerChunk(gate.Columns));

    /// <inheritdoc/>
    public void SwiGluBackward(
        MatrixView<float> dOutput, MatrixView<float> gate, MatrixView<float> up, MatrixView<float> dGate, MatrixView<float> dUp)
    {
        SwiGluBackwardKernel kernel = new() { DOutput = dOutput, Gate = gate, Up = up, DGate = dGate, DUp = dUp };
        RunItems(kernel, gate.Rows, RowsPerChunk(gate.Columns));
    }

    /// <inheritdoc/>
    public void Add(MatrixView<float> source, MatrixView<float> target) =>
        RunItems(new AddKernel { Source = source, Target = target }, target.Rows, RowsPerChunk(target.Columns));

    /// <inheritdoc/>
    public void AddRow(float* bias, MatrixView<float> target) =>
        Add(new MatrixView<float>(bias, target.Rows, target.Columns, 0), target);

    /// <inheritdoc/>
    public void AddColumnSums(MatrixView<float> source, float* target) =>
        RunItems(
            new ScatterAddKernel { Source = source, Ids = null, Table = new MatrixView<float>(target, 1, source.Columns) },
            ColumnGroups(source.Columns),
            ColumnGroupsPerChunk(source));

    /// <inheritdoc/>
    public void GatherRows(MatrixView<float> table, int* ids, MatrixView<float> target) =>
        RunItems(new GatherKernel { Table = table, Ids = ids, Target = target }, target.Rows, RowsPerChunk(target.Columns));

    /// <inheritdoc/>
    public void ScatterAddRows(MatrixView<float> source, int* ids, MatrixView<float> table) =>
        RunItems(new ScatterAddKernel { Source = source, Ids = ids, Table = table }, ColumnGroups(source.Columns), ColumnGroupsPerChunk(source));

    private static int ColumnGroups(int columns) => (columns + 15) / 16;

    /// <summary>Groups of 16 columns in a chunk: whole registers of four while rows are many, more when they are few.</summary>
    private static int ColumnGroupsPerChunk(MatrixView<float> view)
    {
        int enough = ElementsPerChunk / (16 * Math.Max(1, view.Rows));
        return Math.Max(4, (enough + 3) & ~3);
    }
}
