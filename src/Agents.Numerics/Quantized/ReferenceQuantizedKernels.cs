using System.Runtime.InteropServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Kernels.Lanes;
using Agents.Numerics.Kernels.Normalization;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized.Activations;
using Agents.Numerics.Quantized.Reference;

namespace Agents.Numerics.Quantized;

/// <summary>The numeric contract of <see cref="IQuantizedKernels"/> in plain code on one thread: what all fast kernels are compared with, for every packed type.</summary>
public sealed unsafe class ReferenceQuantizedKernels : IQuantizedKernels
{
    /// <inheritdoc/>
    public void Quantize(MatrixView<float> x, ActivationFormat format, QuantizedRows target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Reset(format, x.Rows, x.Columns);
        for (int row = 0; row < x.Rows; row++)
        {
            for (int block = 0; block < target.BlocksPerRow; block++)
            {
                QuantizeBlock(x.Row(row), row, block, target);
            }
        }
    }

    /// <inheritdoc/>
    public void RmsNormQuantize(MatrixView<float> x, float* weight, float epsilon, MatrixView<float> y, float* inverseRms, ActivationFormat format, QuantizedRows target)
    {
        RmsNormKernel norm = new() { X = x, Weight = weight, Epsilon = epsilon, Y = y, InverseRms = inverseRms };
        norm.Run<Lanes128, DoubleLanes128>(0, x.Rows);
        Quantize(y, format, target);
    }

    /// <inheritdoc/>
    public void Multiply(QuantizedRows x, ReadOnlySpan<QuantizedProduct> products)
    {
        ProductShapes.Require(x, products);
        IntegerBlock block = new();
        foreach (ref readonly QuantizedProduct product in products)
        {
            QuantizedMatrix weight = product.Weight;
            byte[] stored = new byte[weight.RowBytes];
            for (int output = 0; output < weight.Rows; output++)
            {
                weight.CopyRow(output, stored);
                for (int row = 0; row < x.Rows; row++)
                {
                    float sum = Dot(weight, stored, x, row, block);
                    product.Result.Row(row)[output] = product.Bias == null ? sum : sum + product.Bias[output];
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Multiply(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products)
    {
        ProductShapes.Require(x, products);
        foreach (ref readonly QuantizedProduct product in products)
        {
            QuantizedMatrix weight = product.Weight;
            byte[] stored = new byte[weight.RowBytes];
            for (int output = 0; output < weight.Rows; output++)
            {
                weight.CopyRow(output, stored);
                ReadOnlySpan<ushort> numbers = MemoryMarshal.Cast<byte, ushort>(stored);
                for (int row = 0; row < x.Rows; row++)
                {
                    float sum = 0;
                    for (int k = 0; k < numbers.Length; k++)
                    {
                        sum = MathF.FusedMultiplyAdd(x.Row(row)[k], Widen(weight.Type, numbers[k]), sum);
                    }

                    product.Result.Row(row)[output] = product.Bias == null ? sum : sum + product.Bias[output];
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dequantize(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target)
    {
        ProductShapes.Require(weight, rows, target);
        IntegerBlock block = new();
        byte[] stored = new byte[weight.RowBytes];
        for (int index = 0; index < rows.Length; index++)
        {
            weight.CopyRow(rows[index], stored);
            float* values = target.Row(index);
            if (weight.Type is ElementType.F16 or ElementType.BF16)
            {
                ReadOnlySpan<ushort> numbers = MemoryMarshal.Cast<byte, ushort>(stored);
                for (int k = 0; k < numbers.Length; k++)
                {
                    values[k] = Widen(weight.Type, numbers[k]);
                }

                continue;
            }

            for (int number = 0; number < weight.BlocksPerRow; number++)
            {
                BlockExtraction.Extract(weight.Type, Block(weight, stored, number), block);
                for (int i = 0; i < block.Elements; i++)
                {
                    int part = i / block.SubBlock;
                    values[(number * block.Elements) + i] = (block.D * block.Scales[part] * block.Codes[i]) - (block.DMin * block.Minimums[part]);
                }
            }
        }
    }

    private static float Dot(QuantizedMatrix weight, ReadOnlySpan<byte> stored, QuantizedRows x, int row, IntegerBlock block)
    {
        sbyte* codes = x.Codes + ((long)row * x.CodeStride);
        float sum = 0;
        for (int number = 0; number < weight.BlocksPerRow; number++)
        {
            BlockExtraction.Extract(weight.Type, Block(weight, stored, number), block);
            int products = 0;
            int minimums = 0;
            for (int i = 0; i < block.Elements; i++)
            {
                int part = i / block.SubBlock;
                int code = codes[(number * block.Elements) + i];
                products += block.Scales[part] * block.Codes[i] * code;
                minimums += block.Minimums[part] * code;
            }

            long scaleIndex = ((long)row * x.BlocksPerRow) + number;
            float scale = x.Scales[scaleIndex];
            sum = MathF.FusedMultiplyAdd(products, block.D * scale, sum);
            if (x.Format == ActivationFormat.Block32WithSum)
            {
                sum = MathF.FusedMultiplyAdd(block.DMin, x.ScaledSums[scaleIndex], sum);
            }
            else if (weight.Type is ElementType.Q2_K or ElementType.Q4_K or ElementType.Q5_K)
            {
                sum = MathF.FusedMultiplyAdd(minimums, -(block.DMin * scale), sum);
            }
        }

        return sum;
    }

    private static ReadOnlySpan<byte> Block(QuantizedMatrix weight, ReadOnlySpan<byte> stored, int number) =>
        stored.Slice(number * weight.Format.Layout.Bytes, weight.Format.Layout.Bytes);

    private static float Widen(ElementType type, ushort number) =>
        type == ElementType.F16 ? Float16Conversion.ToSingle(number) : BFloat16Conversion.ToSingle(number);

    private static void QuantizeBlock(float* x, int row, int block, QuantizedRows target)
    {
        int elements = target.BlockElements;
        sbyte* codes = target.Codes + ((long)row * target.CodeStride) + ((long)block * elements);
        long index = ((long)row * target.BlocksPerRow) + block;
        x += (long)block * elements;
        if (target.Format == ActivationFormat.Block256)
        {
            target.Scales[index] = ScalarRounding.Block256(x, codes, target.Sums + (index * (elements / target.SumElements)));
            return;
        }

        float d = ScalarRounding.Block32(x, codes, out target.Sums[index], out target.Scales[index]);
        if (target.Format == ActivationFormat.Block32WithSum)
        {
            target.ScaledSums[index] = Float16Conversion.ToSingle(Float16Conversion.FromSingle(d * target.Sums[index]));
        }
    }
}
