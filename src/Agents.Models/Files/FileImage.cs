using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agents.Models.Files;

/// <summary>
/// The bytes of a whole model file, mapped into memory or copied from a stream, with 64-bit offsets and every access checked.
/// </summary>
/// <remarks>
/// A mapped file must not be shortened by another process while it is in use: the operating system answers a read behind the new end
/// with a signal that ends the process. Model files are replaced by rename, never rewritten in place.
/// </remarks>
internal sealed unsafe class FileImage : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte[]? _copy;
    private readonly byte* _pointer;
    private bool _disposed;

    private FileImage(string name, MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        Name = name;
        Length = length;
        _file = file;
        _view = view;
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _pointer = pointer + view.PointerOffset;
    }

    private FileImage(string name, byte[] pinned, int length)
    {
        Name = name;
        Length = length;
        _copy = pinned;
        _pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
    }

    /// <summary>What messages call the file: its path, or the name given for a stream.</summary>
    public string Name { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The path is a folder, or the file is empty.</exception>
    public static FileImage Map(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ModelFormatException($"{path}: is a folder, expected a model file.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such model file.", path);
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        long length = stream.Length;
        if (length == 0)
        {
            stream.Dispose();
            throw new ModelFormatException($"{path}: the file is empty.");
        }

        MemoryMappedFile? file = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new FileImage(path, file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        }
        catch
        {
            file?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a stream to its end into memory.</summary>
    /// <param name="stream">The stream, read from its current position; stays open.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ModelFormatException">The stream is empty, ends early, or holds more than an array can.</exception>
    public static FileImage Copy(Stream stream, string name)
    {
        if (!stream.CanSeek)
        {
            using MemoryStream growing = new();
            stream.CopyTo(growing);
            growing.Position = 0;
            return Copy(growing, name);
        }

        long length = stream.Length - stream.Position;
        if (length <= 0 || length > Array.MaxLength)
        {
            throw new ModelFormatException($"{name}: {length} bytes cannot be read from a stream (1 to {Array.MaxLength}); open larger files by path.");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length, pinned: true);
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length
            ? new FileImage(name, bytes, bytes.Length)
            : throw new ModelFormatException($"{name}: the stream ends after {read} of {length} bytes.");
    }

    /// <summary>A window on the bytes. It must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window leaves the file. Callers check sizes from files before.</exception>
    /// <exception cref="ObjectDisposedException">The image is closed.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new ReadOnlySpan<byte>(_pointer + offset, count);
    }

    /// <summary>The address of a window on the bytes. It must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window leaves the file.</exception>
    /// <exception cref="ObjectDisposedException">The image is closed.</exception>
    public byte* Pointer(long offset, long count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return _pointer + offset;
    }

    /// <summary>Tells the system that a window of a mapped file will not be read again soon. Whole pages inside the window leave the resident memory of this process; a later read fetches them again.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Number of bytes.</param>
    public void Release(long offset, long count)
    {
        if (_view is not null && OperatingSystem.IsLinux())
        {
            MappedPages.Release(Pointer(offset, count), count);
        }
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
        }

        GC.KeepAlive(_copy);
    }
}
