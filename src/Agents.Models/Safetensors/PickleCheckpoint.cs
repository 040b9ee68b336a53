using Agents.Models.Files;

namespace Agents.Models.Safetensors;

/// <summary>Refuses checkpoints in Python's pickle format by name: reading one means to run the code in it.</summary>
internal static class PickleCheckpoint
{
    /// <summary>Whether a file name is one that pickle checkpoints use.</summary>
    /// <param name="path">A path.</param>
    /// <returns>True for .bin, .pt, .pth, .pkl, .pickle and .ckpt.</returns>
    public static bool IsName(string path) => Path.GetExtension(path).ToUpperInvariant() is ".BIN" or ".PT" or ".PTH" or ".PKL" or ".PICKLE" or ".CKPT";

    /// <summary>Refuses a path by its ending.</summary>
    /// <param name="path">A path.</param>
    /// <exception cref="SafetensorsFormatException">The ending is one of pickle checkpoints.</exception>
    public static void RefuseByName(string path)
    {
        if (IsName(path))
        {
            throw Refusal(path);
        }
    }

    /// <summary>Refuses a file by its first bytes, whatever its name.</summary>
    /// <param name="image">The file.</param>
    /// <exception cref="SafetensorsFormatException">The file is a ZIP archive (as new checkpoints are) or a bare pickle stream.</exception>
    public static void RefuseByContent(FileImage image)
    {
        ReadOnlySpan<byte> start = image.Slice(0, (int)Math.Min(4, image.Length));

        // Protocol 2 to 5 of pickle: the mark 0x80, the protocol, and no header length that a real file could have.
        bool pickle = start is [0x80, >= 2 and <= 5, ..] && image.Length >= 8
            && BitConverter.ToUInt64(image.Slice(0, 8)) > (ulong)image.Length;
        if (pickle || start.SequenceEqual("PK\u0003\u0004"u8))
        {
            throw Refusal(image.Name);
        }
    }

    private static SafetensorsFormatException Refusal(string path) =>
        new($"{path}: is a pickle checkpoint, which can run code when it is read and is never opened; convert it to safetensors or GGUF.");
}
