namespace Agents.Models.Files;

/// <summary>
/// A file that appears under its name only when it is complete: written beside it under the name with <c>.partial</c> appended, flushed
/// to disk, then renamed. Without <see cref="Commit"/> nothing of it remains and an older file stays as it was.
/// </summary>
/// <remarks>A partial file left by a crash is overwritten by the next attempt. Two writers of one path exclude each other.</remarks>
public sealed class AtomicFile : IDisposable
{
    private readonly string _partial;
    private readonly FileStream _stream;
    private bool _closed;

    /// <summary>Starts to write.</summary>
    /// <param name="path">The final path; its folder must exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The folder is missing or another writer holds the partial file.</exception>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
        _partial = Path + ".partial";

        // The rename happens while the file is open, so that no other writer can slip in between; Windows allows that with this share only.
        FileShare share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        _stream = new FileStream(_partial, FileMode.Create, FileAccess.ReadWrite, share, bufferSize: 1 << 16);
    }

    /// <summary>The final path, absolute.</summary>
    public string Path { get; }

    /// <summary>The content; seekable.</summary>
    public Stream Stream => _stream;

    /// <summary>Flushes the content to disk and gives it its final name, replacing an older file.</summary>
    /// <exception cref="InvalidOperationException">The file is committed or disposed already.</exception>
    public void Commit()
    {
        if (_closed)
        {
            throw new InvalidOperationException($"{Path} is committed or abandoned already.");
        }

        _stream.Flush(flushToDisk: true);
        File.Move(_partial, Path, overwrite: true);
        _closed = true;
        _stream.Dispose();
    }

    /// <summary>Removes the partial file unless it was committed.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        try
        {
            _stream.Dispose();
        }
        finally
        {
            // On a full disk closing fails too, because it writes what is left in the buffer; the partial file must go nevertheless.
            File.Delete(_partial);
        }
    }
}
