using System.Runtime.InteropServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Quantized;

namespace Agents.Models.Decoder;

/// <summary>Single-precision values of weights in any storage.</summary>
public static unsafe class SingleWeights
{
    /// <summary>Copies parameters into the flat single-precision layout that training, compression and export work on.</summary>
    /// <param name="weights">Parameters in any storage.</param>
    /// <returns>A dense copy; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">This build has no codec for a stored type.</exception>
    public static DecoderWeights<float> ToSingle(this DecoderWeights<float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        DecoderWeights<float> copy = new(weights.Shape);
        try
        {
            for (int i = 0; i < weights.Tensors.Length; i++)
            {
                WeightTensor<float> source = weights.Tensors[i];
                WeightTensor<float> target = copy.Tensors[i];
                Parallel.For(0, source.Rows, row => CopyRow(source, row, new Span<float>(target.View.Row(row), target.Columns)));
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Decodes one row.</summary>
    /// <param name="tensor">A tensor in any storage.</param>
    /// <param name="row">Index of the row.</param>
    /// <param name="target">[columns].</param>
    /// <exception cref="NotSupportedException">This build has no codec for the stored type.</exception>
    public static void CopyRow(WeightTensor<float> tensor, int row, Span<float> target)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.IsDense)
        {
            new ReadOnlySpan<float>(tensor.View.Row(row), tensor.Columns).CopyTo(target);
        }
        else if (tensor.Quantized is { } quantized)
        {
            byte* stored = (byte*)NativeMemory.Alloc((nuint)quantized.RowBytes);
            try
            {
                quantized.CopyRow(row, new Span<byte>(stored, quantized.RowBytes));
                BlockFormats.Get(quantized.Type).Dequantize(new ReadOnlySpan<byte>(stored, quantized.RowBytes), target);
            }
            finally
            {
                NativeMemory.Free(stored);
            }
        }
        else
        {
            tensor.Packed!.CopyRow(row, target);
        }
    }
}
