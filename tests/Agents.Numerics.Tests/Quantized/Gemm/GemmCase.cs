using System.Runtime.InteropServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;
using Agents.Numerics.Tests.Kernels;

namespace Agents.Numerics.Tests.Quantized.Gemm;

/// <summary>Random rows and one random weight, with the reference's product.</summary>
internal sealed unsafe class GemmCase : IDisposable
{
    private readonly float[] _expected;
    private readonly TestMatrix<float> _result;
    private readonly TestMatrix<float>? _bias;

    public GemmCase(ElementType type, int rows, int outputs, int columns, bool bias = false, int padding = 0)
    {
        int seed = (rows * 1000) + (outputs * 10) + columns;
        ReferenceQuantizedKernels reference = new();
        Weight = PackedCase.Random(type, outputs, columns, seed);
        using TestMatrix<float> x = TestMatrix<float>.Random(rows, columns, seed + 1);
        reference.Quantize(x.View, IQuantizedKernels.ActivationsOf(type), Rows);
        _bias = bias ? TestMatrix<float>.Random(1, outputs, seed + 2) : null;
        _result = new TestMatrix<float>(rows, outputs, padding);
        reference.Multiply(Rows, [Product]);
        _expected = _result.ToArray();
    }

    public QuantizedMatrix Weight { get; }

    public QuantizedRows Rows { get; } = new();

    public QuantizedProduct Product => new(Weight, _bias == null ? null : _bias.Data, _result.View);

    public void AssertExact(SimdQuantizedKernels kernels)
    {
        Clear();
        kernels.Multiply(Rows, [Product]);
        AssertExact($"{kernels.Path} {Weight.Type}");
    }

    public void Clear()
    {
        for (int row = 0; row < _result.Rows; row++)
        {
            new Span<float>(_result.View.Row(row), _result.Columns).Fill(float.NaN);
        }
    }

    public void AssertExact(string name)
    {
        ReadOnlySpan<int> expected = MemoryMarshal.Cast<float, int>(_expected);
        ReadOnlySpan<int> actual = MemoryMarshal.Cast<float, int>(_result.ToArray());
        int difference = expected.CommonPrefixLength(actual);
        if (difference < expected.Length)
        {
            Assert.Fail(
                $"{name}: {_result.Rows} rows, weight [{_result.Columns}, {Weight.Columns}]; first difference at ({difference / _result.Columns}, {difference % _result.Columns}): "
                + $"expected {_expected[difference]:R}, got {BitConverter.Int32BitsToSingle(actual[difference]):R}.");
        }

        _result.AssertPaddingUntouched();
    }

    public void Dispose()
    {
        Weight.Dispose();
        Rows.Dispose();
        _result.Dispose();
        _bias?.Dispose();
    }
}
