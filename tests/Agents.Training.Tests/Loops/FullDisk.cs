using System.Diagnostics;

namespace Agents.Training.Tests.Loops;

/// <summary>A real file system of a few kibibytes, so that writing fails as it does on a full disk. Needs the right to mount; tests skip without it.</summary>
internal sealed class FullDisk : IDisposable
{
    private FullDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one; skips the running test where that is not allowed.</summary>
    /// <param name="kibibytes">Its size.</param>
    public static FullDisk Mount(int kibibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small file system is mounted with tmpfs, which only Linux has.");
        string path = Directory.CreateTempSubdirectory("agents-full-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "none", path) == 0)
        {
            return new FullDisk(path);
        }

        Directory.Delete(path);
        Assert.Skip("This process may not mount a small file system.");
        throw new InvalidOperationException("Skipped.");
    }

    /// <summary>Takes up what is left, except for some bytes.</summary>
    /// <param name="left">Bytes that stay free, in whole pages of 4 KiB.</param>
    public void Fill(long left)
    {
        long free = new DriveInfo(Path).AvailableFreeSpace - left;
        File.WriteAllBytes(System.IO.Path.Combine(Path, "filler"), new byte[Math.Max(0, free)]);
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
