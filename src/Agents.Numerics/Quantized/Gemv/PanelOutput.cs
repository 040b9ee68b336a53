using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Quantized.Gemv;

/// <summary>Writes the 16 outputs of a panel for one row.</summary>
internal static unsafe class PanelOutput
{
    /// <summary>Adds the bias and stores those outputs that exist.</summary>
    /// <typeparam name="TFloats">Float lanes.</typeparam>
    /// <param name="sum">The finished chains.</param>
    /// <param name="product">Bias and result.</param>
    /// <param name="row">Row of the result.</param>
    /// <param name="panel">Panel of the weight.</param>
    public static void Store<TFloats>(TFloats sum, in QuantizedProduct product, int row, int panel)
        where TFloats : unmanaged, ILanes<TFloats>
    {
        int first = panel * PanelFormat.Rows;
        int count = Math.Min(PanelFormat.Rows, product.Result.Columns - first);
        float* target = product.Result.Row(row) + first;
        float* bias = product.Bias == null ? null : product.Bias + first;
        if (count == PanelFormat.Rows)
        {
            TFloats.Store(bias == null ? sum : sum + TFloats.Load(bias), target);
        }
        else
        {
            LaneTail.Store(bias == null ? sum : sum + LaneTail.Load<TFloats>(bias, count), target, count);
        }
    }
}
