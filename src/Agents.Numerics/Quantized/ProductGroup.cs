using System.Runtime.CompilerServices;

namespace Agents.Numerics.Quantized;

/// <summary>The products of a group, held in place so that a parallel job can carry them without an allocation.</summary>
[InlineArray(ProductShapes.LargestGroup)]
internal struct ProductGroup
{
    private QuantizedProduct _first;

    /// <summary>Copies a group.</summary>
    /// <param name="products">At most <see cref="ProductShapes.LargestGroup"/> products.</param>
    public static ProductGroup Of(ReadOnlySpan<QuantizedProduct> products)
    {
        ProductGroup group = default;
        products.CopyTo(group);
        return group;
    }
}
