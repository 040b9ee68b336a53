using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>The transposed layout: [head, capacity / 16, head size, 16].</summary>
internal static unsafe class KeyStore
{
    /// <summary>Copies rows of one head to consecutive positions.</summary>
    /// <param name="rows">[count, size].</param>
    /// <param name="head">Store of the head, [capacity / 16, size, 16].</param>
    /// <param name="position">Position of the first row.</param>
    public static void Write(MatrixView<float> rows, float* head, int position)
    {
        int size = rows.Columns;
        for (int row = 0; row < rows.Rows; row++)
        {
            int at = position + row;
            float* source = rows.Row(row);
            float* target = head + ((long)(at / AttentionShape.KeyBlock) * size * AttentionShape.KeyBlock) + (at % AttentionShape.KeyBlock);
            for (int j = 0; j < size; j++)
            {
                target[j * AttentionShape.KeyBlock] = source[j];
            }
        }
    }
}
