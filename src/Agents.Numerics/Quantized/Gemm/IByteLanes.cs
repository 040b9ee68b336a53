namespace Agents.Numerics.Quantized.Gemm;

/// <summary>The byte instructions that unpack codes, at one register width. Implementations are empty structs, so calls are inlined.</summary>
/// <typeparam name="TVector">Register type.</typeparam>
internal unsafe interface IByteLanes<TVector>
    where TVector : struct
{
    /// <summary>Gets the bytes of a register; divides 64.</summary>
    static abstract int Count { get; }

    /// <summary>Loads a register from any address.</summary>
    static abstract TVector Load(byte* source);

    /// <summary>Stores a register to any address.</summary>
    static abstract void Store(TVector value, byte* target);

    /// <summary>Copies one byte to all lanes.</summary>
    static abstract TVector Fill(byte value);

    /// <summary>Copies 16 bytes to every 16 lanes.</summary>
    static abstract TVector Repeat(byte* source);

    /// <summary>Returns a and b.</summary>
    static abstract TVector And(TVector a, TVector b);

    /// <summary>Returns a or b.</summary>
    static abstract TVector Or(TVector a, TVector b);

    /// <summary>Returns a + b modulo 256.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>Returns a − b modulo 256.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>Returns 255 where a ≥ b (unsigned) and 0 elsewhere.</summary>
    static abstract TVector AtLeast(TVector a, TVector b);

    /// <summary>Shifts lanes of 32 bits to the right.</summary>
    static abstract TVector ShiftRight(TVector value, int bits);

    /// <summary>Shifts lanes of 32 bits to the left.</summary>
    static abstract TVector ShiftLeft(TVector value, int bits);

    /// <summary>Picks bytes of every 16 lanes by indices below 16.</summary>
    static abstract TVector Pick(TVector table, TVector indices);
}
