using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>Checks that the parts of a group of products fit together.</summary>
internal static class ProductShapes
{
    /// <summary>Largest number of products in a group.</summary>
    public const int LargestGroup = 8;

    /// <summary>Checks a group that reads rounded rows.</summary>
    /// <param name="x">Rounded rows.</param>
    /// <param name="products">The group.</param>
    /// <exception cref="ArgumentException">Something does not fit; the message says what.</exception>
    public static void Require(QuantizedRows x, ReadOnlySpan<QuantizedProduct> products)
    {
        ArgumentNullException.ThrowIfNull(x);
        Require(x.Rows, x.Columns, x.Format, products);
    }

    /// <summary>Checks a group that reads rows in single precision.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="products">The group.</param>
    /// <exception cref="ArgumentException">Something does not fit; the message says what.</exception>
    public static void Require(MatrixView<float> x, ReadOnlySpan<QuantizedProduct> products) =>
        Require(x.Rows, x.Columns, ActivationFormat.Single, products);

    /// <summary>Checks the arguments of <see cref="IQuantizedKernels.Dequantize"/>.</summary>
    /// <param name="weight">Packed matrix.</param>
    /// <param name="rows">Indices of the rows.</param>
    /// <param name="target">[rows, columns].</param>
    /// <exception cref="ArgumentException">Something does not fit; the message says what.</exception>
    public static void Require(QuantizedMatrix weight, ReadOnlySpan<int> rows, MatrixView<float> target)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (target.Rows != rows.Length || target.Columns != weight.Columns)
        {
            throw new ArgumentException(
                $"{rows.Length} rows of {weight.Columns} elements do not fill a target of [{target.Rows}, {target.Columns}].", nameof(target));
        }

        foreach (int row in rows)
        {
            if ((uint)row >= (uint)weight.Rows)
            {
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"The matrix has the rows 0 to {weight.Rows - 1}.");
            }
        }
    }

    private static void Require(int rows, int columns, ActivationFormat format, ReadOnlySpan<QuantizedProduct> products)
    {
        if (products.Length > LargestGroup)
        {
            throw new ArgumentException($"A group of {products.Length} products; at most {LargestGroup} are possible.", nameof(products));
        }

        foreach (ref readonly QuantizedProduct product in products)
        {
            QuantizedMatrix weight = product.Weight;
            if (weight is null)
            {
                throw new ArgumentException("A product has no weight.", nameof(products));
            }

            if (IQuantizedKernels.ActivationsOf(weight.Type) is var needed && needed != format)
            {
                throw new ArgumentException($"Weights of {weight.Type} read rows in {needed}, not in {format}.", nameof(products));
            }

            if (weight.Columns != columns || product.Result.Rows != rows || product.Result.Columns != weight.Rows)
            {
                throw new ArgumentException(
                    $"Rows of [{rows}, {columns}] times weights of [{weight.Rows}, {weight.Columns}] do not give [{product.Result.Rows}, {product.Result.Columns}].",
                    nameof(products));
            }
        }
    }
}
