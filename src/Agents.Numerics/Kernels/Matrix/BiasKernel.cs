using Agents.Numerics.Memory;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Adds a row to all rows of a block that was just computed.</summary>
/// <typeparam name="TMath">Instruction level.</typeparam>
/// <typeparam name="TVector">Register type.</typeparam>
internal static unsafe class BiasKernel<TMath, TVector>
    where TMath : struct, IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>c[r, i] += bias[i].</summary>
    /// <param name="bias">[columns].</param>
    /// <param name="c">[rows, columns].</param>
    public static void Add(float* bias, MatrixView<float> c)
    {
        for (int row = 0; row < c.Rows; row++)
        {
            float* target = c.Row(row);
            int i = 0;
            for (; i + TMath.Lanes <= c.Columns; i += TMath.Lanes)
            {
                TMath.Store(TMath.Add(TMath.Load(target + i), TMath.Load(bias + i)), target + i);
            }

            for (; i < c.Columns; i++)
            {
                target[i] += bias[i];
            }
        }
    }
}
