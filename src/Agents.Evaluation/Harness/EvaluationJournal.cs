using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Agents.Evaluation.Harness;

/// <summary>
/// Append-only file of rows: one line each, a CRC-32C of the JSON in eight hexadecimal digits, a blank, the JSON. The first line is the
/// header. A torn last line (a crash while writing) is cut off when the file is opened; damage anywhere else is an error.
/// </summary>
internal sealed class EvaluationJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    private EvaluationJournal(FileStream file, IReadOnlyList<EvaluationRow> rows)
    {
        _file = file;
        Rows = rows;
    }

    /// <summary>Gets the rows that were there when the journal was opened.</summary>
    public IReadOnlyList<EvaluationRow> Rows { get; }

    /// <summary>Opens a journal or starts one.</summary>
    /// <exception cref="EvaluationException">The file belongs to another run or is damaged.</exception>
    public static EvaluationJournal Open(string path, EvaluationJournalHeader header)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            (List<string> lines, long end) = ReadLines(file, path);
            if (lines.Count == 0)
            {
                if (file.Length > 0)
                {
                    // Never overwrite a file that somebody else may have written.
                    throw new EvaluationException($"{path} has no journal header. Name another journal, or delete this file.");
                }

                var started = new EvaluationJournal(file, []);
                started.Write(JsonSerializer.Serialize(header, EvaluationJson.Default.EvaluationJournalHeader));
                return started;
            }

            EvaluationJournalHeader? found = JsonSerializer.Deserialize(lines[0], EvaluationJson.Default.EvaluationJournalHeader);
            if (found != header)
            {
                throw new EvaluationException($"Journal {path} belongs to another run ({found}), expected {header}. Name another journal, or delete this one.");
            }

            EvaluationRow[] rows = [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize(line, EvaluationJson.Default.EvaluationRow)!)];
            file.SetLength(end);
            file.Position = end;
            return new EvaluationJournal(file, rows);
        }
        catch (JsonException broken)
        {
            file.Dispose();
            throw new EvaluationException($"Journal {path} holds a line that is intact but no row of this version. Name another journal, or delete this one.", broken);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends a row; a crash leaves either the whole line or a torn one that the next opening cuts off.</summary>
    public void Append(EvaluationRow row) => Write(JsonSerializer.Serialize(row, EvaluationJson.Default.EvaluationRow));

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
        if (line.Length < 10 || line[8] != ' ' || !uint.TryParse(line[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint sum))
        {
            return null;
        }

        return Checksum(line[9..]) == sum ? Encoding.UTF8.GetString(line[9..]) : null;
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

    private void Write(string json)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        byte[] line = [.. Encoding.ASCII.GetBytes(Checksum(text).ToString("x8", CultureInfo.InvariantCulture)), (byte)' ', .. text, (byte)'\n'];
        lock (_gate)
        {
            _file.Write(line);
            _file.Flush();
        }
    }
}
