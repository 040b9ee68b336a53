using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Agents.Models.Files;
using Agents.Training.Errors;

namespace Agents.Training.Progress;

/// <summary>Metrics as JSON lines, one per update. A resumed run first drops lines behind its checkpoint (and a line torn by a crash), so no step appears twice.</summary>
public sealed class MetricsFile : IDisposable
{
    /// <summary>Name of the steps done in a line.</summary>
    internal const string StepName = "step";

    /// <summary>Name of the sentences of guards in a line.</summary>
    internal const string WarningsName = "warnings";

    private readonly FileStream _stream;
    private readonly MemoryStream _line = new();

    /// <summary>Opens the file for appending.</summary>
    /// <param name="path">The file; created when missing.</param>
    /// <param name="step">Updates done; lines of later steps are dropped.</param>
    public MetricsFile(string path, long step)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path))
        {
            DropAfter(path, step);
        }

        // Without a buffer, a line that does not fit on the disk is not tried again when the file is closed.
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Appends the line of a step.</summary>
    /// <param name="report">The step.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public void Write(IStepReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Write(report.Step, report.Numbers(), report.Warnings);
    }

    /// <summary>Appends a line of named numbers.</summary>
    /// <param name="step">Updates done.</param>
    /// <param name="numbers">Finite numbers by unique name.</param>
    /// <param name="warnings">Sentences about the step; none by default.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> numbers, ImmutableArray<string> warnings = default)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        _line.SetLength(0);
        using (Utf8JsonWriter json = new(_line))
        {
            json.WriteStartObject();
            json.WriteNumber(StepName, step);
            foreach ((string name, double value) in numbers)
            {
                json.WriteNumber(name, value);
            }

            if (!warnings.IsDefaultOrEmpty)
            {
                json.WriteStartArray(WarningsName);
                foreach (string warning in warnings)
                {
                    json.WriteStringValue(warning);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        Append();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _line.Dispose();
    }

    private void Append()
    {
        _line.WriteByte((byte)'\n');
        try
        {
            _stream.Write(_line.GetBuffer(), 0, (int)_line.Length);
            _stream.Flush();
        }
        catch (IOException e)
        {
            throw new TrainingException($"The metrics file {_stream.Name} cannot be written: {e.Message} Checkpoints are untouched; free space or choose another folder, then resume.", e);
        }
    }

    private static void DropAfter(string path, long step)
    {
        using AtomicFile kept = new(path);
        foreach (string line in File.ReadLines(path))
        {
            if (StepOf(line) is { } at && at <= step)
            {
                kept.Stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
        }

        kept.Commit();
    }

    private static long? StepOf(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty(StepName, out JsonElement step) && step.TryGetInt64(out long value) ? value : null;
        }
        catch (JsonException)
        {
            // Only the last line can be torn; its step is behind the checkpoint and will be written again.
            return null;
        }
    }
}
