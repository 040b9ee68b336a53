using Agents.Models.Files;
using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>The bytes of one tensor inside an open file, checked against the file's length.</summary>
internal readonly unsafe struct StoredTensor
{
    private readonly FileImage _image;
    private readonly long _offset;

    /// <summary>Finds the bytes of a tensor.</summary>
    /// <param name="image">The open file; stays open while the tensor is read.</param>
    /// <param name="type">Element type.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="rowBytes">Bytes per row.</param>
    public StoredTensor(FileImage image, ElementType type, long offset, long rowBytes)
    {
        _image = image;
        _offset = offset;
        Type = type;
        RowBytes = rowBytes;
    }

    /// <summary>Gets the element type.</summary>
    public ElementType Type { get; }

    /// <summary>Gets the bytes of a row.</summary>
    public long RowBytes { get; }

    /// <summary>Returns the address of some rows; valid until the file is closed.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    public byte* Rows(long first, long count) => _image.Pointer(_offset + (first * RowBytes), checked(count * RowBytes));

    /// <summary>Lets the system take back the memory of some rows that will not be read again soon.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    public void Release(long first, long count) => _image.Release(_offset + (first * RowBytes), count * RowBytes);
}
