using System.Globalization;

namespace Agents.Runtime.Trajectories;

/// <summary>
/// Append-only files of trajectories in one folder, <c>trajectories-000001.jsonl</c> and so on. A file that has grown to its limit is left for a new one; two processes
/// write two files. A line that a crash cut off is removed when the file is written again, and skipped by readers. Not safe for concurrent calls.
/// </summary>
public sealed class TrajectoryJournal : IDisposable
{
    /// <summary>How the names of files begin.</summary>
    public const string Prefix = "trajectories-";

    /// <summary>How the names of files end.</summary>
    public const string Extension = ".jsonl";

    private readonly string _folder;
    private readonly long _maximumBytes;
    private FileStream _lock;
    private FileStream _file;
    private long _end;

    /// <summary>Opens a folder to append.</summary>
    /// <param name="folder">The folder; created when it is missing.</param>
    /// <param name="maximumBytes">Size from which on a new file is begun. Default 64 MiB.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public TrajectoryJournal(string folder, long maximumBytes = 64L << 20)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumBytes);
        _folder = Path.GetFullPath(folder);
        _maximumBytes = maximumBytes;
        Directory.CreateDirectory(_folder);
        string? latest = Files(_folder) is [.., var last] ? last : null;
        (_file, _lock) = latest is not null && new FileInfo(latest).Length < maximumBytes && TryLock(latest) is { } held ? (Reopen(latest, held), held) : Create(latest);
        _end = _file.Length;
        _file.Position = _end;
    }

    /// <summary>Gets the bytes of a torn last line that opening removed.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Gets the file that is written.</summary>
    public string File => _file.Name;

    /// <summary>Returns the files of a folder in order of writing.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, Prefix + "*" + Extension).Where(path => NumberOf(path) > 0).OrderBy(NumberOf)];

    /// <summary>Appends a line that <see cref="TrajectoryFormat"/> wrote; it reaches the operating system with <see cref="Flush"/>. On an error nothing of it stays.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    internal void Append(ReadOnlySpan<byte> line)
    {
        if (_end > 0 && _end + line.Length > _maximumBytes)
        {
            (FileStream next, FileStream held) = Create(_file.Name);
            _file.Flush(flushToDisk: true);
            Dispose();
            (_file, _lock, _end) = (next, held, 0);
        }

        try
        {
            _file.Write(line);
            _file.Flush();
            _end += line.Length;
        }
        catch (IOException)
        {
            // Whatever part reached the disk would tear the middle of the file.
            _file.SetLength(_end);
            _file.Position = _end;
            throw;
        }
    }

    /// <summary>Forces everything to disk.</summary>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Flush() => _file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static int NumberOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>Takes the lock of a file; null when another writer holds it. Readers need none, and a lock that a crash left behind is free.</summary>
    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Opens an existing file and cuts off a torn last line.</summary>
    private FileStream Reopen(string path, FileStream held)
    {
        FileStream? file = null;
        try
        {
            file = Open(path, FileMode.Open);
            long intact = TrajectoryFile.IntactLength(file);
            TornBytes = file.Length - intact;
            if (TornBytes > 0)
            {
                file.SetLength(intact);
            }

            return file;
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    private (FileStream File, FileStream Lock) Create(string? latest)
    {
        for (int number = latest is null ? 1 : NumberOf(latest) + 1; ; number++)
        {
            string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:000000}{Extension}"));
            if (System.IO.File.Exists(path) || TryLock(path) is not { } held)
            {
                continue;
            }

            try
            {
                return (Open(path, FileMode.CreateNew), held);
            }
            catch (IOException) when (System.IO.File.Exists(path))
            {
                // Another writer took the number and gave it back in between.
                held.Dispose();
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
    }
}
