using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Agents.Runtime.Trajectories;

/// <summary>Reads recorded trajectories back. A torn last line of a file is skipped; damage anywhere else is an error that names the line.</summary>
public static class TrajectoryFile
{
    private const int ChunkLength = 1 << 16;

    /// <summary>Reads a folder or one file, in order of writing.</summary>
    /// <param name="path">Folder of a journal, or one of its files.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TrajectoryException">There is nothing recorded, or a line is damaged or of a newer version.</exception>
    public static async IAsyncEnumerable<Trajectory> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IReadOnlyList<string> files = System.IO.File.Exists(path) ? [path] : Directory.Exists(path) ? TrajectoryJournal.Files(path) : [];
        if (files.Count == 0)
        {
            throw new TrajectoryException($"'{path}' has no recorded trajectories. Record some with 'agents eval --record {path}', or name another folder.");
        }

        foreach (string file in files)
        {
            FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
            await using (stream.ConfigureAwait(false))
            {
                await foreach ((byte[] line, int number, bool last) in LinesAsync(stream, file, cancellationToken).ConfigureAwait(false))
                {
                    if (Parse(line, file, number, last) is { } trajectory)
                    {
                        yield return trajectory;
                    }
                }
            }
        }
    }

    /// <summary>Returns the length of a file without a torn last line.</summary>
    /// <param name="file">The file; its position changes.</param>
    internal static long IntactLength(FileStream file)
    {
        long end = file.Length;
        if (end == 0)
        {
            return 0;
        }

        long start = LineStart(file, end);
        byte[] line = new byte[checked((int)(end - start))];
        file.Position = start;
        file.ReadExactly(line);
        return line[^1] == '\n' && TrajectoryFormat.TryCheck(line.AsSpan(..^1), out _) ? end : start;
    }

    /// <summary>Finds where the line begins that ends at a position.</summary>
    private static long LineStart(FileStream file, long end)
    {
        byte[] chunk = new byte[ChunkLength];
        long at = end - 1;
        while (at > 0)
        {
            int count = (int)Math.Min(chunk.Length, at);
            file.Position = at - count;
            file.ReadExactly(chunk.AsSpan(0, count));
            int found = chunk.AsSpan(0, count).LastIndexOf((byte)'\n');
            if (found >= 0)
            {
                return at - count + found + 1;
            }

            at -= count;
            if (end - at > TrajectoryFormat.MaximumLine)
            {
                throw new TrajectoryException($"'{file.Name}' ends in a line of more than {TrajectoryFormat.MaximumLine} bytes, which is no trajectory. Move the file away.");
            }
        }

        return 0;
    }

    private static Trajectory? Parse(byte[] line, string file, int number, bool last)
    {
        if (!TrajectoryFormat.TryCheck(line, out ReadOnlySpan<byte> json))
        {
            return last ? null : throw new TrajectoryException($"'{file}', line {number}, is damaged: its checksum does not match. Remove the line, or restore the file.");
        }

        try
        {
            return TrajectoryFormat.Read(json);
        }
        catch (TrajectoryException error)
        {
            throw new TrajectoryException($"'{file}', line {number}: {error.Message}.", error);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new TrajectoryException($"'{file}', line {number}, is intact but no trajectory: {error.Message} Remove the line.", error);
        }
    }

    /// <summary>Splits a file into lines without line feeds; a rest without one is left out.</summary>
    private static async IAsyncEnumerable<(byte[] Line, int Number, bool Last)> LinesAsync(FileStream stream, string file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ChunkLength];
        int filled = 0;
        int number = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            int scanned = filled;
            filled += read;
            int start = 0;
            int found;
            while ((found = buffer.AsSpan(Math.Max(start, scanned), filled - Math.Max(start, scanned)).IndexOf((byte)'\n')) >= 0)
            {
                int end = Math.Max(start, scanned) + found;
                yield return (buffer[start..end], ++number, Last: end + 1 == filled && stream.Position == stream.Length);
                start = end + 1;
            }

            if (read == 0)
            {
                // A rest without line feed is torn, whatever it holds.
                yield break;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                if (filled >= TrajectoryFormat.MaximumLine)
                {
                    throw new TrajectoryException($"'{file}', line {number + 1}, has more than {TrajectoryFormat.MaximumLine} bytes, which is no trajectory. Move the file away.");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
