using Iced.Intel;

namespace Agents.Numerics.Assembly;

/// <summary>Collects the bytes of an assembler.</summary>
internal sealed class CodeBuffer : CodeWriter
{
    private readonly List<byte> _bytes = [];

    /// <inheritdoc/>
    public override void WriteByte(byte value) => _bytes.Add(value);

    /// <summary>Encodes what an assembler holds. Only relative jumps may occur, so that the code runs at any address.</summary>
    /// <param name="assembler">The instructions.</param>
    /// <returns>The code.</returns>
    public static byte[] Encode(Assembler assembler)
    {
        CodeBuffer buffer = new();
        assembler.Assemble(buffer, 0);
        return [.. buffer._bytes];
    }
}
