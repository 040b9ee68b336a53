using System.Globalization;
using System.Numerics;
using System.Text;

namespace Agents.Evaluation.Harness;

/// <summary>
/// Append-only file of texts without line feeds, usually JSON: one line each, a CRC-32C of the text in eight hexadecimal digits, a blank, the text. A torn last
/// line (a crash while writing) is cut off when the file is opened; damage anywhere else is an error. A line that <see cref="Append"/> has written survives the
/// death of the process. Safe for concurrent appends.
/// </summary>
public sealed class LineJournal : IDisposable
{
    private const int Prefix = 9;
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    private LineJournal(FileStream file, IReadOnlyList<string> lines)
    {
        _file = file;
        Lines = lines;
    }

    /// <summary>Gets the intact lines that were there when the journal was opened, without checksums.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Opens a journal or starts one.</summary>
    /// <param name="path">The file; its folder must exist. One process may hold it at a time.</param>
    /// <exception cref="EvaluationException">The file is damaged before its last line, or is no journal.</exception>
    /// <exception cref="IOException">Another process holds the file.</exception>
    public static LineJournal Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            (List<string> lines, long end) = ReadLines(file, path);
            if (lines.Count == 0 && file.Length > 0)
            {
                // Never overwrite a file that somebody else may have written.
                throw new EvaluationException($"{path} has no journal header. Name another journal, or delete this file.");
            }

            file.SetLength(end);
            file.Position = end;
            return new LineJournal(file, lines);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends a line; a crash leaves either the whole line or a torn one that the next opening cuts off.</summary>
    /// <param name="text">The text, without line feeds.</param>
    public void Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("A line of a journal has no line feed.", nameof(text));
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] line = [.. Encoding.ASCII.GetBytes(Checksum(bytes).ToString("x8", CultureInfo.InvariantCulture)), (byte)' ', .. bytes, (byte)'\n'];
        lock (_gate)
        {
            _file.Write(line);
            _file.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file.CanWrite)
            {
                _file.Flush(flushToDisk: true);
            }

            _file.Dispose();
        }
    }

    /// <summary>Reads intact lines and the position behind the last one.</summary>
    private static (List<string> Lines, long End) ReadLines(FileStream file, string path)
    {
        var lines = new List<string>();
        long end = 0;
        if (file.Length > Array.MaxLength)
        {
            throw new EvaluationException($"Journal {path} has {file.Length} bytes, at most {Array.MaxLength} can be read. Name another journal.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int start = 0;
        while (start < bytes.Length)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            string? line = length < 0 ? null : Check(bytes.AsSpan(start, length));
            if (line is null)
            {
                bool last = length < 0 || start + length + 1 == bytes.Length;
                return last ? (lines, end) : throw new EvaluationException($"Journal {path} is damaged at line {lines.Count + 1}: its checksum does not match. Delete the journal, or restore it.");
            }

            lines.Add(line);
            start += length + 1;
            end = start;
        }

        return (lines, end);
    }

    private static string? Check(ReadOnlySpan<byte> line)
    {
        if (line.Length <= Prefix || line[Prefix - 1] != ' ' || !uint.TryParse(line[..(Prefix - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint sum))
        {
            return null;
        }

        return Checksum(line[Prefix..]) == sum ? Encoding.UTF8.GetString(line[Prefix..]) : null;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
