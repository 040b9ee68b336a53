using System.Diagnostics.CodeAnalysis;

namespace Agents.Numerics.Formats;

/// <summary>
/// How the elements of a tensor are stored. The numeric values are the tensor type ids of the GGUF format, so they may be written
/// to files as they are; ids that are missing here occur in files too and are refused when the data is asked for.
/// </summary>
/// <remarks>Byte layouts: <see cref="BlockLayouts"/>. Types this build can encode and decode: <see cref="BlockFormats"/>.</remarks>
[SuppressMessage("Naming", "CA1707:Identifiers should not contain underscores", Justification = "The names are those of the file format.")]
public enum ElementType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>4 bits, blocks of 32, scale.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, blocks of 32, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>5 bits, blocks of 32, scale.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, blocks of 32, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>8 bits, blocks of 32, scale.</summary>
    Q8_0 = 8,

    /// <summary>8 bits, blocks of 32, scale and block sum; an activation format.</summary>
    Q8_1 = 9,

    /// <summary>2 bits, super-blocks of 256.</summary>
    Q2_K = 10,

    /// <summary>3 bits, super-blocks of 256.</summary>
    Q3_K = 11,

    /// <summary>4 bits, super-blocks of 256.</summary>
    Q4_K = 12,

    /// <summary>5 bits, super-blocks of 256.</summary>
    Q5_K = 13,

    /// <summary>6 bits, super-blocks of 256.</summary>
    Q6_K = 14,

    /// <summary>8 bits, super-blocks of 256; an activation format.</summary>
    Q8_K = 15,

    /// <summary>4 bits through a non-linear table, blocks of 32.</summary>
    IQ4_NL = 20,

    /// <summary>4 bits through a non-linear table, super-blocks of 256.</summary>
    IQ4_XS = 23,

    /// <summary>Signed 8-bit integers.</summary>
    I8 = 24,

    /// <summary>Signed 16-bit integers.</summary>
    I16 = 25,

    /// <summary>Signed 32-bit integers.</summary>
    I32 = 26,

    /// <summary>Signed 64-bit integers.</summary>
    I64 = 27,

    /// <summary>IEEE double precision.</summary>
    F64 = 28,

    /// <summary>The upper 16 bits of IEEE single precision.</summary>
    BF16 = 30,

    /// <summary>Ternary, five digits per byte, super-blocks of 256.</summary>
    TQ1_0 = 34,

    /// <summary>Ternary, two bits per digit, super-blocks of 256.</summary>
    TQ2_0 = 35,
}
