using Agents.Numerics.Kernels.Lanes;

namespace Agents.Numerics.Kernels.Attention;

/// <summary>How one component is stored in a rounded type.</summary>
internal unsafe interface IStoredCode
{
    /// <summary>Gets the bytes of a component.</summary>
    static abstract int Bytes { get; }

    /// <summary>Gets a value indicating whether components are multiplied by the scale of their group.</summary>
    static abstract bool HasScales { get; }

    /// <summary>Sixteen components, not yet scaled.</summary>
    static abstract TLanes Load<TLanes>(byte* source)
        where TLanes : unmanaged, ILanes<TLanes>;
}
