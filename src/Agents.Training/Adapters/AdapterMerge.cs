using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Memory;

namespace Agents.Training.Adapters;

/// <summary>Adds adapters to weights, which then need no adapter any more (papers/00-model-architecture §7: W + s·B·A; DoRA: its rows scaled to length m).</summary>
public static unsafe class AdapterMerge
{
    /// <summary>
    /// Adds share · scale · B·A to every weight that an adapter changes; with magnitudes, share · (m/‖V‖ ⊙ V − W) with V = W + scale · B·A, as serving does.
    /// Computed in double and rounded once.
    /// </summary>
    /// <param name="weights">Weights in single precision; changed. Panels packed before stay old: pack again before products.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="share">Weight of the adapter; 1 for all of it.</param>
    /// <returns>The original matrices, which <see cref="MergedWeights.Undo"/> puts back bit for bit; dispose it to keep the merge.</returns>
    /// <exception cref="ArgumentException">The weights are frozen in their stored types, or the share is not finite.</exception>
    /// <exception cref="ModelFormatException">The adapter belongs to another model.</exception>
    public static MergedWeights Into(DecoderWeights<float> weights, LoraAdapter adapter, double share = 1)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(adapter);
        if (!double.IsFinite(share))
        {
            throw new ArgumentException($"The share {share} is not finite.", nameof(share));
        }

        if (!weights.IsDense)
        {
            throw new ArgumentException("Merging changes single-precision matrices, but these are frozen in their stored types; convert them with ToSingle.", nameof(weights));
        }

        adapter.RequireFits(weights.Shape);
        MergedWeights merged = new(weights, adapter);
        foreach (LoraMatrices factors in adapter.Matrices)
        {
            MatrixView<float> target = weights.ByName[factors.Name].View;
            Parallel.For(0, factors.Outputs, row => AddRow(factors, share, row, target));
        }

        GC.KeepAlive(adapter);
        return merged;
    }

    private static void AddRow(LoraMatrices factors, double share, int row, MatrixView<float> target)
    {
        float* values = target.Row(row);
        if (!factors.HasMagnitude)
        {
            for (int column = 0; column < factors.Inputs; column++)
            {
                values[column] = (float)(values[column] + (share * factors.Scale * Product(factors, row, column)));
            }

            return;
        }

        double squares = 0;
        double[] changed = new double[factors.Inputs];
        for (int column = 0; column < factors.Inputs; column++)
        {
            changed[column] = values[column] + (factors.Scale * Product(factors, row, column));
            squares += changed[column] * changed[column];
        }

        double gain = squares > 0 ? factors.MagnitudeValues[row] / Math.Sqrt(squares) : 1;
        for (int column = 0; column < factors.Inputs; column++)
        {
            values[column] = (float)(values[column] + (share * ((gain * changed[column]) - values[column])));
        }
    }

    /// <summary>One element of B·A.</summary>
    private static double Product(LoraMatrices factors, int row, int column)
    {
        float* b = factors.B.Row(row);
        MatrixView<float> a = factors.A;
        double sum = 0;
        for (int i = 0; i < factors.Rank; i++)
        {
            sum += (double)b[i] * a.Row(i)[column];
        }

        return sum;
    }
}
