using System.Runtime.InteropServices;

namespace Agents.CodeRunner;

/// <summary>The few calls of the C library that the runner needs: it swaps its own channels and leaves without asking anybody.</summary>
internal static partial class NativeProcess
{
    private const int ReadWrite = 2;

    /// <summary>Ends the process at once; no exit handler runs.</summary>
    public static void ExitNow() => Exit(0);

    /// <summary>Returns copies of input and output, after which the descriptors 0, 1 and 2 lead nowhere.</summary>
    public static (int Input, int Output) TakeChannels()
    {
        int input = Duplicate(0);
        int output = Duplicate(1);
        int nowhere = Open("/dev/null", ReadWrite);
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (DuplicateTo(nowhere, descriptor) < 0)
            {
                Exit(1);
            }
        }

        return (input, output);
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int DuplicateTo(int descriptor, int target);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
