using System.Buffers.Binary;
using System.Text;
using Agents.Fuzzing.Engine;

namespace Agents.Fuzzing.Targets;

/// <summary>
/// A reader of length-prefixed records with a bug planted on purpose, of the kind that broke real loaders: the end of a record is computed in 32 bits, so a huge
/// declared length wraps around the check. It proves that the fuzzer finds such things; <paramref name="repaired"/> turns the bug off.
/// </summary>
/// <param name="repaired">Whether the check is done in 64 bits.</param>
public sealed class CanaryTarget(bool repaired = false) : IFuzzTarget
{
    private const int Header = 8;

    /// <inheritdoc/>
    public string Name => "canary";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } = ["REC1"u8.ToArray()];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() => [[.. "REC1"u8, 3, 0, 0, 0, 1, 2, 3, .. "REC1"u8, 0, 0, 0, 0]];

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int at = 0;
        while (at < input.Length)
        {
            if (input.Length - at < Header || !input.AsSpan(at, 4).SequenceEqual("REC1"u8))
            {
                throw new InvalidDataException($"No record at {at}.");
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(input.AsSpan(at + 4));
            bool fits = repaired ? length >= 0 && at + (long)Header + length <= input.Length : unchecked(at + Header + length) <= input.Length;
            if (!fits)
            {
                throw new InvalidDataException($"The record at {at} declares {length} bytes.");
            }

            _ = Encoding.Latin1.GetString(input.AsSpan(at + Header, length));
            at += Header + length;
        }
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is InvalidDataException;
}
