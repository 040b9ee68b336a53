using System.Collections.Immutable;
using Agents.Models.Adapters;
using Agents.Models.Decoder;

namespace Agents.Training.Adapters;

/// <summary>Brings the difference of two models to low rank: the best rank-r change of every matrix in the sense of least squares.</summary>
public static unsafe class AdapterExtraction
{
    /// <summary>Extracts an adapter. Equal inputs give equal bits.</summary>
    /// <param name="name">Name of the adapter.</param>
    /// <param name="before">Base, in any storage.</param>
    /// <param name="after">Changed model of the same shape, in any storage.</param>
    /// <param name="rank">Rank r; smaller where a matrix has fewer rows or columns.</param>
    /// <param name="targets">Which layers, as in <see cref="AdapterOptions.TargetModules"/>; all linear layers when null.</param>
    /// <param name="cancellationToken">Honoured between matrices.</param>
    /// <returns>The adapter and what it leaves out; matrices without a difference are not in it.</returns>
    /// <exception cref="ArgumentException">The shapes differ, the rank is not positive, a target names no layer, or no matrix differs.</exception>
    public static ExtractedAdapter Of(
        string name, DecoderWeights<float> before, DecoderWeights<float> after, int rank, IReadOnlyList<string>? targets = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (!TensorPlan.Of(before.Shape).SequenceEqual(TensorPlan.Of(after.Shape)))
        {
            throw new ArgumentException("The two models have different shapes; an adapter is a change of one model.", nameof(after));
        }

        AdapterLayout layout = AdapterLayout.Of(before.Shape, new AdapterOptions { Rank = rank, TargetModules = targets ?? [AdapterOptions.AllLinear] });
        List<LoraMatrices> matrices = [];
        var residuals = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        try
        {
            foreach (AdapterSlot slot in layout.Slots)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double[] difference = Difference(before.Tensors[slot.Index], after.Tensors[slot.Index]);
                double norm = Math.Sqrt(difference.Sum(value => value * value));
                if (norm == 0)
                {
                    continue;
                }

                int kept = Math.Min(rank, Math.Min(slot.Outputs, slot.Inputs));
                TruncatedDecomposition parts = TruncatedDecomposition.Of(difference, slot.Outputs, slot.Inputs, kept, new SampleStream((ulong)slot.Index));
                matrices.Add(Factors(slot, parts));
                residuals[slot.Name] = Math.Sqrt(Math.Max(0, (norm * norm) - parts.Values.Sum(value => value * value))) / norm;
            }

            return matrices.Count > 0
                ? new ExtractedAdapter(new LoraAdapter(name, matrices, rank), residuals.ToImmutable())
                : throw new ArgumentException("The two models have the same linear layers; there is nothing to extract.", nameof(after));
        }
        catch
        {
            matrices.ForEach(factors => factors.Dispose());
            throw;
        }
    }

    private static double[] Difference(WeightTensor<float> before, WeightTensor<float> after)
    {
        double[] difference = new double[before.Length];
        float[] first = new float[before.Columns];
        float[] second = new float[before.Columns];
        for (int row = 0; row < before.Rows; row++)
        {
            SingleWeights.CopyRow(before, row, first);
            SingleWeights.CopyRow(after, row, second);
            for (int column = 0; column < first.Length; column++)
            {
                difference[((long)row * first.Length) + column] = (double)second[column] - first[column];
            }
        }

        return difference;
    }

    /// <summary>B = U·√S and A = √S·Vᵀ with a scale of 1, so both have the same size.</summary>
    private static LoraMatrices Factors(AdapterSlot slot, TruncatedDecomposition parts)
    {
        int rank = parts.Values.Length;
        LoraMatrices factors = new(slot.Name, rank, slot.Inputs, slot.Outputs, 1);
        for (int i = 0; i < rank; i++)
        {
            double root = Math.Sqrt(parts.Values[i]);
            for (int row = 0; row < slot.Outputs; row++)
            {
                factors.BValues[(row * rank) + i] = (float)(root * parts.Left[i][row]);
            }

            for (int column = 0; column < slot.Inputs; column++)
            {
                factors.AValues[(i * slot.Inputs) + column] = (float)(root * parts.Right[i][column]);
            }
        }

        return factors;
    }
}
