using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Tests.Decoder;

/// <summary>Undoes the rotation of halves and rotates adjacent pairs instead, as GGUF files of architecture llama are meant to be computed.</summary>
internal sealed unsafe class InterleavedPlan(PackedAttentionPlan<double> inner, RopeTables<double> rope, int rows) : IAttentionPlan<double>
{
    public void Attend(IKernels<double> kernels, int layer, AttentionShape shape, ref LayerActivations<double> activations)
    {
        Rotate(kernels, activations.Queries, rope[layer]);
        Rotate(kernels, activations.Keys, rope[layer]);
        inner.Attend(kernels, layer, shape, ref activations);
    }

    public static void RotatePairs(double* values, int position, RopeTable<double> table)
    {
        double* row = table.CosSin.Row(position);
        for (int j = 0; j < table.HeadSize / 2; j++)
        {
            double cosine = row[j];
            double sine = row[(table.HeadSize / 2) + j];
            (values[2 * j], values[(2 * j) + 1]) = ((values[2 * j] * cosine) - (values[(2 * j) + 1] * sine), (values[2 * j] * sine) + (values[(2 * j) + 1] * cosine));
        }
    }

    private void Rotate(IKernels<double> kernels, MatrixView<double> x, RopeTable<double> table)
    {
        int* positions = stackalloc int[rows];
        for (int row = 0; row < rows; row++)
        {
            positions[row] = row;
        }

        kernels.Rope(x, table.HeadSize, positions, table.CosSin, inverse: true);
        for (int row = 0; row < rows; row++)
        {
            for (int head = 0; head < x.Columns / table.HeadSize; head++)
            {
                RotatePairs(x.Row(row) + (head * table.HeadSize), row, table);
            }
        }
    }
}
