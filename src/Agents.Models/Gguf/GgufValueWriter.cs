using System.Runtime.InteropServices;
using System.Text;

namespace Agents.Models.Gguf;

/// <summary>Writes metadata values in the byte layout of the format: u32 type, then the value; arrays add element type and count.</summary>
internal static class GgufValueWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a string: 64-bit length and UTF-8 bytes.</summary>
    /// <param name="writer">The target.</param>
    /// <param name="text">The string.</param>
    /// <exception cref="ArgumentException">The string holds half of a surrogate pair.</exception>
    public static void WriteString(BinaryWriter writer, string text)
    {
        byte[] bytes = StrictUtf8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Writes type and value.</summary>
    /// <param name="writer">The target.</param>
    /// <param name="value">The value.</param>
    public static void WriteValue(BinaryWriter writer, GgufValue value)
    {
        writer.Write((uint)value.Type);
        switch (value.Data)
        {
            case byte number: writer.Write(number); break;
            case sbyte number: writer.Write(number); break;
            case ushort number: writer.Write(number); break;
            case short number: writer.Write(number); break;
            case uint number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case bool flag: writer.Write(flag); break;
            case string text: WriteString(writer, text); break;
            case ulong number: writer.Write(number); break;
            case long number: writer.Write(number); break;
            case double number: writer.Write(number); break;
            case Array array: WriteArray(writer, value.ElementType!.Value, array); break;
            default: throw new ArgumentException($"GGUF metadata cannot store {value.Data.GetType().Name}.", nameof(value));
        }
    }

    private static void WriteArray(BinaryWriter writer, GgufValueType elementType, Array array)
    {
        writer.Write((uint)elementType);
        writer.Write((ulong)array.Length);
        switch (elementType)
        {
            case GgufValueType.String:
                foreach (string text in (string[])array)
                {
                    WriteString(writer, text);
                }

                break;
            case GgufValueType.UInt8: WriteRaw(writer, (byte[])array); break;
            case GgufValueType.Int8: WriteRaw(writer, (sbyte[])array); break;
            case GgufValueType.UInt16: WriteRaw(writer, (ushort[])array); break;
            case GgufValueType.Int16: WriteRaw(writer, (short[])array); break;
            case GgufValueType.UInt32: WriteRaw(writer, (uint[])array); break;
            case GgufValueType.Int32: WriteRaw(writer, (int[])array); break;
            case GgufValueType.Float32: WriteRaw(writer, (float[])array); break;
            case GgufValueType.Bool: WriteRaw(writer, (bool[])array); break;
            case GgufValueType.UInt64: WriteRaw(writer, (ulong[])array); break;
            case GgufValueType.Int64: WriteRaw(writer, (long[])array); break;
            case GgufValueType.Float64: WriteRaw(writer, (double[])array); break;
            default: throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "Not an element type of metadata arrays.");
        }
    }

    private static void WriteRaw<T>(BinaryWriter writer, T[] values)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
}
