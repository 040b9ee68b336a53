using System.Numerics;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;
using Agents.Training.Errors;

namespace Agents.Training.Adapters;

/// <summary>Start values of an adapter, and copies of it in other forms.</summary>
internal static unsafe class AdapterValues
{
    /// <summary>A uniform in ±1/√inputs (Kaiming with a = √5), B zero. Each weight has its own random stream, whatever else is trained.</summary>
    public static void Start<T>(AdapterParameters<T> parameters, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SampleStream stream = new(seed);
        foreach (AdapterSlot slot in parameters.Layout.Slots)
        {
            SampleStream own = stream.Fork((ulong)slot.Index);
            double bound = 1 / Math.Sqrt(slot.Inputs);
            T* a = parameters.A(slot).Data;
            for (long i = 0; i < (long)slot.Rank * slot.Inputs; i++)
            {
                a[i] = T.CreateTruncating(bound * ((2 * own.NextUnit()) - 1));
            }
        }
    }

    /// <summary>Takes over the factors and magnitudes of an adapter.</summary>
    public static void Copy<T>(LoraAdapter adapter, AdapterParameters<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (AdapterSlot slot in parameters.Layout.Slots)
        {
            LoraMatrices factors = adapter.ByName[slot.Name];
            Copy(factors.AValues, parameters.A(slot).Data);
            Copy(factors.BValues, parameters.B(slot).Data);
            if (factors.HasMagnitude)
            {
                Copy(factors.MagnitudeValues, parameters.Magnitude(slot).Data);
            }
        }
    }

    /// <summary>Returns an adapter with the same factors and magnitudes in single precision.</summary>
    public static LoraAdapter ToAdapter<T>(AdapterParameters<T> parameters, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdapterLayout layout = parameters.Layout;
        List<LoraMatrices> matrices = [];
        try
        {
            foreach (AdapterSlot slot in layout.Slots)
            {
                LoraMatrices factors = new(slot.Name, slot.Rank, slot.Inputs, slot.Outputs, slot.Scale, layout.Kind == AdapterKind.Dora);
                matrices.Add(factors);
                Narrow(parameters.A(slot).Data, factors.AValues);
                Narrow(parameters.B(slot).Data, factors.BValues);
                if (factors.HasMagnitude)
                {
                    Narrow(parameters.Magnitude(slot).Data, factors.MagnitudeValues);
                }
            }

            return new LoraAdapter(name, matrices, layout.Alpha, layout.RankStabilized);
        }
        catch (ArgumentException error) when (!string.IsNullOrWhiteSpace(name))
        {
            matrices.ForEach(factors => factors.Dispose());
            throw new TrainingException($"The adapter '{name}' cannot be exported: {error.Message} Go back to an earlier checkpoint.", error);
        }
    }

    /// <summary>Writes W + s·B·A, with rows scaled by m/n where there are norms.</summary>
    public static void Merge<T>(
        AdapterParameters<T> parameters, DecoderWeights<T> weights, WeightTiles<T> tiles, RowNorms<T>? norms, IKernels<T> kernels, DecoderWeights<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (AdapterSlot slot in parameters.Layout.Slots)
        {
            using AlignedBuffer<T> scaledA = new((long)slot.Rank * slot.Inputs);
            using AlignedBuffer<T> gains = new(slot.Outputs);
            MatrixView<T> a = new(scaledA.Data, slot.Rank, slot.Inputs);
            Buffer.MemoryCopy(parameters.A(slot).Data, a.Data, scaledA.Length * sizeof(T), scaledA.Length * sizeof(T));
            AdapterForward<T>.Scale(a, T.CreateTruncating(slot.Scale));
            T* gain = norms is null ? null : AdapterForward<T>.Gains(slot, parameters, norms, gains.Data);
            WeightTensor<T> weight = weights.Tensors[slot.Index];
            int step = tiles.RowsPerTile(weight);
            for (int first = 0; first < slot.Outputs; first += step)
            {
                int count = Math.Min(step, slot.Outputs - first);
                MatrixView<T> tile = tiles.Copy(weight, first, count);
                kernels.Multiply(parameters.B(slot).RowRange(first, count), a, tile, accumulate: true);
                for (int row = 0; row < count; row++)
                {
                    T factor = gain == null ? T.One : gain[first + row];
                    T* to = target.Tensors[slot.Index].View.Row(first + row);
                    for (int i = 0; i < slot.Inputs; i++)
                    {
                        to[i] = factor * tile.Row(row)[i];
                    }
                }
            }
        }
    }

    private static void Copy<T>(ReadOnlySpan<float> source, T* target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = T.CreateTruncating(source[i]);
        }
    }

    private static void Narrow<T>(T* source, Span<float> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = float.CreateTruncating(source[i]);
        }
    }
}
