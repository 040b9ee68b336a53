using Agents.Models.Decoder;
using Agents.Numerics.Memory;

namespace Agents.Models.Inspection;

/// <summary>Copies chosen rows of the residual stream while one sequence passes by.</summary>
internal sealed unsafe class ActivationReader(ActivationRecord record) : IResidualTap<float>
{
    /// <inheritdoc/>
    public void Visit(int layer, ReadOnlySpan<int> positions, MatrixView<float> residual)
    {
        for (int index = 0; index < record.Layers.Length; index++)
        {
            if (record.Layers[index] != layer)
            {
                continue;
            }

            for (int row = 0; row < positions.Length; row++)
            {
                int at = record.Positions.AsSpan().BinarySearch(positions[row]);
                if (at >= 0)
                {
                    new ReadOnlySpan<float>(residual.Row(row), record.Width).CopyTo(record.WritableRow(index, at));
                }
            }
        }
    }
}
