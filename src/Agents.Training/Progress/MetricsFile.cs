using System.Text;
using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Training.Progress;

/// <summary>Metrics as JSON lines, one per update. A resumed run first drops lines behind its checkpoint (and a line torn by a crash), so no step appears twice.</summary>
public sealed class MetricsFile : IDisposable
{
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
            json.WriteNumber("step", progress.Step);
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

        _line.WriteByte((byte)'\n');
        _stream.Write(_line.GetBuffer(), 0, (int)_line.Length);
        _stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _line.Dispose();
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
            return json.RootElement.TryGetProperty("step", out JsonElement step) && step.TryGetInt64(out long value) ? value : null;
        }
        catch (JsonException)
        {
            // Only the last line can be torn; its step is behind the checkpoint and will be written again.
            return null;
        }
    }
}
