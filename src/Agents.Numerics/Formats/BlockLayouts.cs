namespace Agents.Numerics.Formats;

/// <summary>
/// The byte layouts of all named element types, also of those that this build cannot decode: a reader needs the sizes to check a file,
/// and a copy of a tensor needs no codec.
/// </summary>
public static class BlockLayouts
{
    /// <summary>Looks a layout up.</summary>
    /// <param name="type">Any value, also one that has no name.</param>
    /// <param name="layout">The layout; default when the result is false.</param>
    /// <returns>False when the type has no name in <see cref="ElementType"/>.</returns>
    public static bool TryGet(ElementType type, out BlockLayout layout)
    {
        layout = type switch
        {
            ElementType.F32 or ElementType.I32 => new(1, 4),
            ElementType.F16 or ElementType.BF16 or ElementType.I16 => new(1, 2),
            ElementType.I8 => new(1, 1),
            ElementType.I64 or ElementType.F64 => new(1, 8),
            ElementType.Q4_0 or ElementType.IQ4_NL => new(32, 18),
            ElementType.Q4_1 => new(32, 20),
            ElementType.Q5_0 => new(32, 22),
            ElementType.Q5_1 => new(32, 24),
            ElementType.Q8_0 => new(32, 34),
            ElementType.Q8_1 => new(32, 36),
            ElementType.Q2_K => new(256, 84),
            ElementType.Q3_K => new(256, 110),
            ElementType.Q4_K => new(256, 144),
            ElementType.Q5_K => new(256, 176),
            ElementType.Q6_K => new(256, 210),
            ElementType.Q8_K => new(256, 292),
            ElementType.IQ4_XS => new(256, 136),
            ElementType.TQ1_0 => new(256, 54),
            ElementType.TQ2_0 => new(256, 66),
            _ => default,
        };
        return layout.Bytes != 0;
    }

    /// <summary>The name of a type for messages: <c>Q8_0</c>, or <c>type 99</c> when the id has no name here.</summary>
    /// <param name="type">Any value.</param>
    /// <returns>The name.</returns>
    public static string NameOf(ElementType type) => Enum.IsDefined(type) ? type.ToString() : $"type {(int)type}";
}
