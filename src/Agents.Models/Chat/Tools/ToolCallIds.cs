using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Agents.Models.Chat.Tools;

/// <summary>Makes identities of calls: nine letters and digits, as the strictest templates want them, that depend on the tokens alone, so that a repeated run repeats them.</summary>
internal static class ToolCallIds
{
    private const string Signs = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int Length = 9;

    /// <summary>Identity of a call.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="completion">Tokens of the answer up to the end of the call.</param>
    /// <param name="index">Number of the call in the answer.</param>
    public static string Make(IReadOnlyList<int> prompt, IReadOnlyList<int> completion, int index)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, prompt);
        Append(hash, completion);
        Append(hash, [index]);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
        return string.Create(Length, number, static (signs, left) =>
        {
            for (int i = 0; i < signs.Length; i++)
            {
                signs[i] = Signs[(int)(left % 36)];
                left /= 36;
            }
        });
    }

    private static void Append(IncrementalHash hash, IReadOnlyList<int> numbers)
    {
        byte[] bytes = new byte[(numbers.Count + 1) * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, numbers.Count);
        for (int i = 0; i < numbers.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((i + 1) * sizeof(int)), numbers[i]);
        }

        hash.AppendData(bytes);
    }
}
