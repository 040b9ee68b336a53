namespace Agents.Numerics.Quantized.Reference;

/// <summary>
/// One stored block taken apart into integers and two factors, the same way for every type:
/// element i is D · Scales[i / SubBlock] · Codes[i] − DMin · Minimums[i / SubBlock].
/// </summary>
/// <remarks>Types without scales have one sub-block of scale 1; Q4_1 and Q5_1 hold their m as DMin = m and Minimums[0] = −1.</remarks>
internal sealed class IntegerBlock
{
    /// <summary>Elements of the largest block.</summary>
    public const int LargestBlock = 256;

    /// <summary>Smallest number of elements that share a scale in blocks of 256.</summary>
    public const int SmallestSubBlock = 16;

    /// <summary>Gets the codes with their offset removed.</summary>
    public int[] Codes { get; } = new int[LargestBlock];

    /// <summary>Gets the integer scale of every sub-block.</summary>
    public int[] Scales { get; } = new int[LargestBlock / SmallestSubBlock];

    /// <summary>Gets the integer minimum of every sub-block; 0 in types that have none.</summary>
    public int[] Minimums { get; } = new int[LargestBlock / SmallestSubBlock];

    /// <summary>Gets or sets the elements of the block: 32 or 256.</summary>
    public int Elements { get; set; }

    /// <summary>Gets or sets the elements that share a scale and a minimum.</summary>
    public int SubBlock { get; set; }

    /// <summary>Gets or sets the factor of the codes.</summary>
    public float D { get; set; }

    /// <summary>Gets or sets the factor of the minimums.</summary>
    public float DMin { get; set; }

    /// <summary>Makes this a block with one scale of 1 and no minimum.</summary>
    /// <param name="elements">Elements of the block.</param>
    public void ResetToOneScale(int elements)
    {
        Elements = elements;
        SubBlock = elements;
        Scales[0] = 1;
        Minimums[0] = 0;
        DMin = 0;
    }

    /// <summary>Makes this a block of 256 without minimums.</summary>
    /// <param name="subBlock">Elements that share a scale.</param>
    public void ResetToSubBlocks(int subBlock)
    {
        Elements = LargestBlock;
        SubBlock = subBlock;
        Array.Clear(Minimums);
        DMin = 0;
    }
}
