using System.Runtime.InteropServices;

namespace Agents.Training.Checkpoints;

/// <summary>Makes a rename durable: POSIX systems keep a new name only after the folder itself reached the disk. Other systems do that with the rename.</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0;

    /// <summary>Flushes a folder where the system has such a call; a file system that refuses is left alone, because the file's content is already on disk.</summary>
    /// <param name="folder">Path of the folder.</param>
    public static void Run(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int descriptor = Open(folder, ReadOnly);
        if (descriptor >= 0)
        {
            _ = Synchronize(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
