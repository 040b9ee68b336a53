namespace Agents.Models.Gguf;

/// <summary>One metadata value: a number, a boolean, a string, or an array of one of these.</summary>
public sealed class GgufValue
{
    private GgufValue(GgufValueType type, GgufValueType? elementType, object data)
    {
        Type = type;
        ElementType = elementType;
        Data = data;
    }

    /// <summary>The stored type.</summary>
    public GgufValueType Type { get; }

    /// <summary>The stored type of the elements of an array; null for other values.</summary>
    public GgufValueType? ElementType { get; }

    /// <summary>
    /// The value as the .NET type of the same width: <see cref="byte"/> to <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>,
    /// or a one-dimensional array of these, which is not to be changed.
    /// </summary>
    public object Data { get; }

    /// <summary>The type in words, such as <c>UInt32</c> or <c>array of String</c>.</summary>
    public string TypeName => ElementType is { } element ? $"array of {element}" : Type.ToString();

    /// <summary>Wraps a number, boolean or string.</summary>
    /// <typeparam name="T">byte, sbyte, ushort, short, uint, int, float, bool, string, ulong, long or double; it decides the stored type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The metadata value.</returns>
    /// <exception cref="ArgumentException">Another type, which GGUF cannot store.</exception>
    public static GgufValue Of<T>(T value)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(value);
        return new GgufValue(StoredTypeOf(typeof(T)), null, value);
    }

    /// <summary>Wraps an array.</summary>
    /// <typeparam name="T">As in <see cref="Of{T}"/>; it decides the stored type.</typeparam>
    /// <param name="values">The elements; copied.</param>
    /// <returns>The metadata value.</returns>
    /// <exception cref="ArgumentException">Another type, which GGUF cannot store, or a null string.</exception>
    public static GgufValue OfArray<T>(params ReadOnlySpan<T> values)
        where T : notnull => Wrap(values.ToArray());

    /// <summary>Wraps a value whose type is known only at run time; the reverse of <see cref="Data"/>.</summary>
    /// <param name="value">A number, boolean, string, or one-dimensional array of these; arrays are not copied and not to be changed afterwards.</param>
    /// <returns>The metadata value.</returns>
    /// <exception cref="ArgumentException">Another type, which GGUF cannot store, or a null string in an array.</exception>
    public static GgufValue FromObject(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value is Array { Rank: 1 } array ? Wrap(array) : new GgufValue(StoredTypeOf(value.GetType()), null, value);
    }

    /// <summary>Wraps an array without a copy.</summary>
    /// <param name="values">The elements; the caller gives them away.</param>
    /// <returns>The metadata value.</returns>
    internal static GgufValue Wrap(Array values)
    {
        GgufValueType type = StoredTypeOf(values.GetType().GetElementType()!);
        if (values is string?[] strings && Array.IndexOf(strings, null) >= 0)
        {
            throw new ArgumentException("A string array of GGUF metadata holds no null.", nameof(values));
        }

        return new GgufValue(GgufValueType.Array, type, values);
    }

    /// <summary>The value as a 64-bit integer.</summary>
    /// <param name="value">The value; 0 when the result is false.</param>
    /// <returns>False when it is not an integer or does not fit.</returns>
    internal bool TryGetInt64(out long value)
    {
        long? converted = Data switch
        {
            byte number => number,
            sbyte number => number,
            ushort number => number,
            short number => number,
            uint number => number,
            int number => number,
            long number => number,
            ulong number and <= long.MaxValue => (long)number,
            _ => null,
        };
        value = converted.GetValueOrDefault();
        return converted.HasValue;
    }

    private static GgufValueType StoredTypeOf(Type type) =>
        type == typeof(byte) ? GgufValueType.UInt8
        : type == typeof(sbyte) ? GgufValueType.Int8
        : type == typeof(ushort) ? GgufValueType.UInt16
        : type == typeof(short) ? GgufValueType.Int16
        : type == typeof(uint) ? GgufValueType.UInt32
        : type == typeof(int) ? GgufValueType.Int32
        : type == typeof(float) ? GgufValueType.Float32
        : type == typeof(bool) ? GgufValueType.Bool
        : type == typeof(string) ? GgufValueType.String
        : type == typeof(ulong) ? GgufValueType.UInt64
        : type == typeof(long) ? GgufValueType.Int64
        : type == typeof(double) ? GgufValueType.Float64
        : throw new ArgumentException($"GGUF metadata cannot store {type.Name}.", nameof(type));
}
