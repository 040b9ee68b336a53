using System.Buffers.Binary;
using Agents.Training.Errors;

namespace Agents.Training.Checkpoints;

/// <summary>Where a run stands between two updates.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="DataPosition">Examples used.</param>
/// <param name="Tokens">Tokens used.</param>
/// <param name="RandomKey">Identity of the run's random stream.</param>
/// <param name="RandomCounter">Draws taken from it.</param>
public readonly record struct TrainingPosition(long Step, long DataPosition, long Tokens, ulong RandomKey, ulong RandomCounter)
{
    private const int Fields = 5;

    /// <summary>Returns the stored form: five 64-bit numbers, little endian.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Fields * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Step);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), DataPosition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Tokens);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), RandomKey);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), RandomCounter);
        return bytes;
    }

    /// <summary>Reads the stored form.</summary>
    /// <param name="bytes">Result of <see cref="ToBytes"/>.</param>
    /// <exception cref="CheckpointException">The size is wrong or a number is negative.</exception>
    public static TrainingPosition FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Fields * sizeof(long))
        {
            throw new CheckpointException($"A training position has {Fields * sizeof(long)} bytes; found {bytes.Length}.");
        }

        TrainingPosition position = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]));
        return position is { Step: >= 0, DataPosition: >= 0, Tokens: >= 0 }
            ? position
            : throw new CheckpointException($"The training position is negative: step {position.Step}, example {position.DataPosition}, token {position.Tokens}.");
    }
}
