using Agents.Numerics.Formats;

namespace Agents.Numerics.Quantized.Activations;

/// <summary>Rounds whole rows, block by block.</summary>
internal static unsafe class RowRounding
{
    /// <summary>Rounds one row in the format of the target.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="row">Index of the row in the target.</param>
    /// <param name="target">Receives the row; has room for it.</param>
    public static void Round(float* x, int row, QuantizedRows target)
    {
        int elements = target.BlockElements;
        int sums = elements / target.SumElements;
        for (int block = 0; block < target.BlocksPerRow; block++)
        {
            sbyte* codes = target.Codes + ((long)row * target.CodeStride) + ((long)block * elements);
            long index = ((long)row * target.BlocksPerRow) + block;
            float* values = x + ((long)block * elements);
            if (target.Format == ActivationFormat.Block256)
            {
                target.Scales[index] = ScalarRounding.Block256(values, codes, target.Sums + (index * sums));
                continue;
            }

            float d = ScalarRounding.Block32(values, codes, out target.Sums[index], out target.Scales[index]);
            if (target.Format == ActivationFormat.Block32WithSum)
            {
                target.ScaledSums[index] = Float16Conversion.ToSingle(Float16Conversion.FromSingle(d * target.Sums[index]));
            }
        }
    }
}
