using System.Text;
using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Training.Progress;

/// <summary>Metrics as JSON lines, one per update. A resumed run first drops lines behind its checkpoint (and a line torn by a crash), so no step appears twice.</summary>
public sealed class MetricsFile : IDisposable
{
    private const string StepName = "step";
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

        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Appends a line.</summary>
    /// <param name="progress">The update.</param>
    public void Write(TrainingProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        _line.SetLength(0);
        using (Utf8JsonWriter json = new(_line))
        {
            json.WriteStartObject();
            json.WriteNumber(StepName, progress.Step);
            json.WriteNumber("loss", progress.Loss);
            if (progress.ValidationLoss is { } validation)
            {
                json.WriteNumber("validationLoss", validation);
            }

            json.WriteNumber("gradientNorm", progress.GradientNorm);
            json.WriteNumber("learningRate", progress.LearningRate);
            json.WriteNumber("tokens", progress.Tokens);
            json.WriteNumber("tokensPerSecond", Math.Round(progress.TokensPerSecond, 1));
            if (progress.CutTokens > 0)
            {
                json.WriteNumber("cutTokens", progress.CutTokens);
            }

            json.WriteEndObject();
        }

        Append();
    }

    /// <summary>Appends a line of named numbers.</summary>
    /// <param name="step">Updates done.</param>
    /// <param name="numbers">Finite numbers by unique name.</param>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> numbers)
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
        _stream.Write(_line.GetBuffer(), 0, (int)_line.Length);
        _stream.Flush();
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
