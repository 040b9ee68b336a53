using Agents.Numerics.Memory;
using Agents.Numerics.Quantized;

namespace Agents.Numerics.Kernels.Matrix;

/// <summary>Operands of one product c (+)= op(a) · op(b) (+ bias).</summary>
internal unsafe struct ProductPlan
{
    /// <summary>[m, k], or [k, m] when <see cref="AByColumns"/>.</summary>
    public MatrixView<float> A;

    /// <summary>[n, k], or [k, n] when <see cref="BByColumns"/>; unused when <see cref="Packed"/> is set.</summary>
    public MatrixView<float> B;

    /// <summary>[m, n].</summary>
    public MatrixView<float> C;

    /// <summary>Whether the rows of the product are columns of <see cref="A"/>.</summary>
    public bool AByColumns;

    /// <summary>Whether the columns of the product are columns of <see cref="B"/>.</summary>
    public bool BByColumns;

    /// <summary>Whether the chains start from <see cref="C"/>.</summary>
    public bool Accumulate;

    /// <summary>Panels of b over all of k, or null.</summary>
    public float* Packed;

    /// <summary>The weight [k, n] that b is decoded from, or null; see <see cref="StoredPanels"/>.</summary>
    public QuantizedMatrix? Stored;

    /// <summary>Panels over k instead of n, [panel, n, 32], that b is copied from; or null.</summary>
    public float* Turned;

    /// <summary>[n] or null; added after the chains.</summary>
    public float* Bias;

    /// <summary>Length of the chains.</summary>
    public int Depth;

    /// <summary>Gets whether b lies in memory as a matrix.</summary>
    public readonly bool ReadsB => Packed == null && Turned == null && Stored is null;

    /// <summary>Gets the elements of a between two rows of the product.</summary>
    public readonly long RowStep => AByColumns ? 1 : A.Stride;

    /// <summary>Gets the elements of a between two steps of k.</summary>
    public readonly long DepthStep => AByColumns ? A.Stride : 1;

    /// <summary>Packs one panel of b.</summary>
    /// <param name="first">First column.</param>
    /// <param name="count">Columns, 1 … 32.</param>
    /// <param name="firstK">First step of k.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="target">[depth, 32].</param>
    public readonly void PackPanel(int first, int count, int firstK, int depth, float* target)
    {
        if (Stored is not null)
        {
            StoredPanels.Decode(Stored, first, firstK, depth, target);
        }
        else if (Turned != null)
        {
            StoredPanels.Turn(Turned, C.Columns, first, count, firstK, depth, target);
        }
        else
        {
            Packing.Block(B, !BByColumns, first, count, firstK, depth, target, PanelLayout.Width);
        }
    }
}
