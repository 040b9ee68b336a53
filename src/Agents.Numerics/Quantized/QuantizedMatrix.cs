using System.Runtime.CompilerServices;
using Agents.Numerics.Formats;
using Agents.Numerics.Memory;

namespace Agents.Numerics.Quantized;

/// <summary>A weight [outputs, inputs] kept in its stored format, rows interleaved by 16 for the kernels (see <see cref="PanelFormat"/>). Filled once, then immutable.</summary>
public sealed unsafe class QuantizedMatrix : IDisposable
{
    private readonly AlignedBuffer<byte> _panels;

    /// <summary>Allocates a matrix of zero bytes.</summary>
    /// <param name="type">Element type of the stored rows.</param>
    /// <param name="rows">Number of outputs.</param>
    /// <param name="columns">Number of inputs; a multiple of the block.</param>
    /// <param name="clear">Whether the matrix is defined from the start. Loaders that fill every panel with <see cref="SetPanel"/> say false: then the pages are first touched by the threads that fill them.</param>
    /// <exception cref="ArgumentException">The type cannot be packed, or the columns are no whole number of blocks.</exception>
    public QuantizedMatrix(ElementType type, int rows, int columns, bool clear = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (!PanelFormat.TryGet(type, out PanelFormat? format))
        {
            throw new ArgumentException(
                $"Matrices of {BlockLayouts.NameOf(type)} cannot be packed; expected one of {string.Join(", ", PanelFormat.All.Select(known => known.Type))}.", nameof(type));
        }

        if (columns % format.Layout.Elements != 0)
        {
            throw new ArgumentException($"{columns} columns are no whole number of {type} blocks of {format.Layout.Elements}.", nameof(columns));
        }

        Format = format;
        Rows = rows;
        Columns = columns;
        BlocksPerRow = columns / format.Layout.Elements;
        PanelBytes = format.PanelBytes(BlocksPerRow);
        Panels = (rows + PanelFormat.Rows - 1) / PanelFormat.Rows;
        _panels = new AlignedBuffer<byte>(checked(PanelBytes * Panels), clear);
        for (int row = rows; row < Panels * PanelFormat.Rows; row++)
        {
            Write(row, null);
        }
    }

    /// <summary>Gets the layout.</summary>
    public PanelFormat Format { get; }

    /// <summary>Gets the element type of the stored rows.</summary>
    public ElementType Type => Format.Type;

    /// <summary>Gets the number of outputs.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of inputs.</summary>
    public int Columns { get; }

    /// <summary>Gets the number of blocks per row.</summary>
    public int BlocksPerRow { get; }

    /// <summary>Gets the number of panels of 16 rows.</summary>
    public int Panels { get; }

    /// <summary>Gets the bytes of one panel.</summary>
    public long PanelBytes { get; }

    /// <summary>Gets the bytes of a stored row.</summary>
    public int RowBytes => BlocksPerRow * Format.Layout.Bytes;

    /// <summary>Gets the bytes held.</summary>
    public long Bytes => _panels.Length;

    /// <summary>Gets the first byte of the first panel. Keeps nothing alive: hold on to the matrix while reading.</summary>
    public byte* Data => _panels.Data;

    /// <summary>Returns the start of one area of one panel.</summary>
    /// <param name="panel">Index of the panel.</param>
    /// <param name="section">Index into the format's sections.</param>
    public byte* Area(int panel, int section) => _panels.Data + (panel * PanelBytes) + Format.AreaOffset(section, BlocksPerRow);

    /// <summary>Stores one row. Different rows may be set by different threads at the same time.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="stored">The row as stored in a file, <see cref="RowBytes"/> long.</param>
    public void SetRow(int row, ReadOnlySpan<byte> stored)
    {
        RequireRow(row, stored.Length);
        fixed (byte* source = stored)
        {
            Write(row, source);
        }
    }

    /// <summary>Stores all rows of one panel, much faster than one by one. Different panels may be set by different threads at the same time.</summary>
    /// <param name="panel">Index of the panel.</param>
    /// <param name="stored">16 addresses of rows as stored in a file, <see cref="RowBytes"/> long each; those past the last row of the matrix are not read.</param>
    public void SetPanel(int panel, byte** stored)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(panel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(panel, Panels);
        byte* target = _panels.Data + (panel * PanelBytes);
        int rows = Math.Min(PanelFormat.Rows, Rows - (panel * PanelFormat.Rows));
        PanelPacker.ClearGaps(Format, BlocksPerRow, target);
        if (rows == PanelFormat.Rows)
        {
            PanelPacker.Pack(Format, BlocksPerRow, stored, target);
        }
        else
        {
            for (int row = 0; row < PanelFormat.Rows; row++)
            {
                Write((panel * PanelFormat.Rows) + row, row < rows ? stored[row] : null);
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Copies one row back into its stored form, byte for byte what <see cref="SetRow"/> got.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="stored">Receives the row, <see cref="RowBytes"/> long.</param>
    public void CopyRow(int row, Span<byte> stored)
    {
        RequireRow(row, stored.Length);
        fixed (byte* target = stored)
        {
            byte* panel = _panels.Data + (row / PanelFormat.Rows * PanelBytes);
            int lane = row % PanelFormat.Rows;
            for (int index = 0; index < Format.Sections.Length; index++)
            {
                PanelSection section = Format.Sections[index];
                byte* area = panel + Format.AreaOffset(index, BlocksPerRow);
                for (int block = 0; block < BlocksPerRow; block++)
                {
                    byte* to = target + ((long)block * Format.Layout.Bytes) + section.Offset;
                    byte* from = area + ((((long)block * section.Count * PanelFormat.Rows) + lane) * section.Width);
                    CopyLane(from, section.Count, section.Width, section.Flip, to);
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _panels.Dispose();

    /// <summary>Collects the elements of one row, which lie 16 elements apart.</summary>
    private static void CopyLane(byte* from, int count, int width, byte flip, byte* to)
    {
        if (width == sizeof(uint))
        {
            uint flips = flip * 0x0101_0101u;
            for (int element = 0; element < count; element++)
            {
                Unsafe.WriteUnaligned(to + (element * sizeof(uint)), *(uint*)(from + (element * PanelFormat.Rows * sizeof(uint))) ^ flips);
            }

            return;
        }

        for (int element = 0; element < count; element++, from += PanelFormat.Rows * width)
        {
            for (int i = 0; i < width; i++)
            {
                *to++ = (byte)(from[i] ^ flip);
            }
        }
    }

    private void RequireRow(int row, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        if (bytes != RowBytes)
        {
            throw new ArgumentException($"A row of {Columns} elements in {Type} has {RowBytes} bytes, not {bytes}.");
        }
    }

    /// <summary>Writes a row into its lane; null stands for zero bytes.</summary>
    private void Write(int row, byte* stored)
    {
        byte* panel = _panels.Data + (row / PanelFormat.Rows * PanelBytes);
        int lane = row % PanelFormat.Rows;
        for (int index = 0; index < Format.Sections.Length; index++)
        {
            PanelSection section = Format.Sections[index];
            byte* area = panel + Format.AreaOffset(index, BlocksPerRow);
            for (int block = 0; block < BlocksPerRow; block++)
            {
                byte* from = stored == null ? null : stored + ((long)block * Format.Layout.Bytes) + section.Offset;
                for (int element = 0; element < section.Count; element++)
                {
                    byte* to = area + (((((long)block * section.Count) + element) * PanelFormat.Rows) + lane) * section.Width;
                    for (int i = 0; i < section.Width; i++)
                    {
                        to[i] = (byte)((from == null ? 0 : from[(element * section.Width) + i]) ^ section.Flip);
                    }
                }
            }
        }

        GC.KeepAlive(this);
    }
}
