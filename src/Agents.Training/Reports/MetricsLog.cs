using System.Collections.Immutable;
using System.Text.Json;
using Agents.Training.Errors;
using Agents.Training.Progress;

namespace Agents.Training.Reports;

/// <summary>
/// A metrics file as series. Where a step occurs more than once (a run went on from a checkpoint before it), the later line holds. A line torn by a kill is
/// left out and counted, wherever it is: a resumed process may have written behind it.
/// </summary>
public sealed class MetricsLog
{
    /// <summary>A line is a few hundred bytes; a longer one is not ours, and is not read into memory.</summary>
    private const int MaximumLine = 1 << 20;

    private MetricsLog(SortedDictionary<long, Line> lines, ImmutableArray<MetricsSegment> segments, int damaged)
    {
        Segments = segments;
        DamagedLines = damaged;
        Steps = [.. lines.Keys];
        Series = lines.SelectMany(line => line.Value.Numbers.Select(number => (number.Key, Point: new MetricsPoint(line.Key, number.Value))))
            .GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(entries => entries.Key, entries => entries.Select(entry => entry.Point).ToImmutableArray(), StringComparer.Ordinal);
        Warnings = [.. lines.SelectMany(line => line.Value.Warnings.Select(warning => (line.Key, warning)))];
    }

    /// <summary>Gets the steps that have a line, ascending.</summary>
    public ImmutableArray<long> Steps { get; }

    /// <summary>Gets every number by name, each in order of steps.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<MetricsPoint>> Series { get; }

    /// <summary>Gets the sentences of guards with their step.</summary>
    public ImmutableArray<(long Step, string Text)> Warnings { get; }

    /// <summary>Gets the parts of the file, in its order: a run that was resumed has several.</summary>
    public ImmutableArray<MetricsSegment> Segments { get; }

    /// <summary>Gets how many lines could not be read.</summary>
    public int DamagedLines { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">There is no such file, or it has no readable line.</exception>
    public static MetricsLog Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new TrainingException($"There is no metrics file '{path}'. Name the folder of a training run.");
        }

        SortedDictionary<long, Line> lines = [];
        List<MetricsSegment> segments = [];
        int damaged = 0;
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(stream);
        while (ReadLine(reader) is { } text)
        {
            if (text.Length == 0)
            {
                continue;
            }

            if (Parse(text) is not { } line)
            {
                damaged++;
                continue;
            }

            lines[line.Step] = line;
            if (segments.Count > 0 && segments[^1].LastStep < line.Step)
            {
                segments[^1] = segments[^1] with { LastStep = line.Step, Lines = segments[^1].Lines + 1 };
            }
            else
            {
                segments.Add(new MetricsSegment(line.Step, line.Step, 1));
            }
        }

        return lines.Count > 0
            ? new MetricsLog(lines, [.. segments], damaged)
            : throw new TrainingException($"The metrics file '{path}' has no readable line ({damaged} damaged). Run at least one step.");
    }

    /// <summary>Reads a line of bounded length; the rest of a longer one is skipped, which makes it a damaged line.</summary>
    private static string? ReadLine(StreamReader reader)
    {
        System.Text.StringBuilder text = new();
        int character;
        while ((character = reader.Read()) >= 0 && character != '\n')
        {
            if (text.Length < MaximumLine)
            {
                text.Append((char)character);
            }
        }

        return character < 0 && text.Length == 0 ? null : text.ToString();
    }

    private static Line? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(MetricsFile.StepName, out JsonElement step) || step.ValueKind != JsonValueKind.Number || !step.TryGetInt64(out long number) || number < 0)
            {
                return null;
            }

            Dictionary<string, double> numbers = new(StringComparer.Ordinal);
            List<string> warnings = [];
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == MetricsFile.WarningsName && entry.Value.ValueKind == JsonValueKind.Array)
                {
                    warnings.AddRange(entry.Value.EnumerateArray().Where(warning => warning.ValueKind == JsonValueKind.String).Select(warning => warning.GetString()!));
                }
                else if (entry.Name != MetricsFile.StepName && entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetDouble(out double value) && double.IsFinite(value))
                {
                    numbers[entry.Name] = value;
                }
            }

            return new Line(number, numbers, warnings);
        }
        catch (JsonException)
        {
            // Torn by a kill, or overwritten by something else; the caller counts it.
            return null;
        }
    }

    private sealed record Line(long Step, Dictionary<string, double> Numbers, List<string> Warnings);
}
