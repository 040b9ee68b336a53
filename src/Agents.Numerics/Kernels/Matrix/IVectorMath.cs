namespace Agents.Numerics.Kernels.Matrix;

/// <summary>The few vector instructions a matrix product needs, at one instruction level. Implementations are empty structs, so calls are inlined.</summary>
/// <typeparam name="TVector">Register type.</typeparam>
internal unsafe interface IVectorMath<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of floats in a register; divides <see cref="PanelLayout.Width"/>.</summary>
    static abstract int Lanes { get; }

    /// <summary>Gets whether 24 accumulators and 3 operands fit into the registers (32 of them), so that a tile may be 12 rows high.</summary>
    static abstract bool HasTallTile { get; }

    /// <summary>Gets zeros.</summary>
    static abstract TVector Zero { get; }

    /// <summary>Loads a register from any address.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Copies one float to all lanes.</summary>
    static abstract TVector Broadcast(float* source);

    /// <summary>Returns a · b + c with one rounding.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>Returns a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>Stores a register to any address.</summary>
    static abstract void Store(TVector value, float* target);
}
