using System.Collections.Immutable;
using System.Text.Json;
using Agents.Models.Files;
using Agents.Training.Adapters;
using Agents.Training.Errors;

namespace Agents.Training.Preflight;

/// <summary>
/// The report of a run's preflight beside its checkpoints, as <c>preflight.json</c>: a resumed run takes the changed settings from it instead of measuring again,
/// so that it stays the same run.
/// </summary>
public static class PreflightFile
{
    /// <summary>Name of the file in the folder of a run.</summary>
    public const string FileName = "preflight.json";

    private const int FormatVersion = 1;
    private const long MaximumBytes = 1 << 20;

    /// <summary>Writes a report; it appears when it is complete.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="report">The report.</param>
    public static void Save(string folder, PreflightReport report)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(report);
        using AtomicFile file = new(Path.Combine(folder, FileName));
        using (Utf8JsonWriter json = new(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            Write(json, report);
        }

        file.Commit();
    }

    /// <summary>Reads the report of a run.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <returns>Null when the run has none.</returns>
    /// <exception cref="TrainingException">The file is no report.</exception>
    public static PreflightReport? Load(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (new FileInfo(path).Length > MaximumBytes)
            {
                throw new FormatException($"It is larger than {MaximumBytes} bytes.");
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TrainingException($"{path} is no report of a preflight: {e.Message} Restore the file; a run whose settings were adapted cannot be resumed without it.", e);
        }
    }

    private static void Write(Utf8JsonWriter json, PreflightReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("version", FormatVersion);
        json.WriteString("verdict", report.Verdict.ToString());
        json.WriteStartArray("findings");
        foreach (PreflightFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("subject", finding.Subject);
            json.WriteString("verdict", finding.Verdict.ToString());
            json.WriteString("text", finding.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (PreflightChange change in report.Changes)
        {
            json.WriteStartObject();
            json.WriteString("setting", change.Setting);
            json.WriteNumber("from", change.From);
            json.WriteNumber("to", change.To);
            json.WriteString("reason", change.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("numbers");
        foreach ((string name, double value) in report.Numbers)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        if (report.Memory is { } memory)
        {
            json.WriteStartObject("memory");
            json.WriteNumber("available", memory.AvailableBytes);
            json.WriteStartArray("entries");
            foreach (MemoryLedgerEntry entry in memory.Entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteNumber("bytes", entry.Bytes);
                json.WriteString("purpose", entry.Purpose);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static PreflightReport Read(JsonElement root)
    {
        int version = root.GetProperty("version").GetInt32();
        return version != FormatVersion
            ? throw new FormatException($"It has version {version}; this build reads version {FormatVersion}.")
            : new PreflightReport
            {
                Findings =
                [
                    .. root.GetProperty("findings").EnumerateArray().Select(finding => new PreflightFinding(Text(finding, "subject"), Verdict(Text(finding, "verdict")), Text(finding, "text"))),
                ],
                Changes =
                [
                    .. root.GetProperty("changes").EnumerateArray().Select(change => new PreflightChange(
                        Text(change, "setting"), change.GetProperty("from").GetInt64(), change.GetProperty("to").GetInt64(), Text(change, "reason"))),
                ],
                Numbers = root.GetProperty("numbers").EnumerateObject().ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value.GetDouble(), StringComparer.Ordinal),
                Memory = root.TryGetProperty("memory", out JsonElement memory)
                    ? new MemoryPlan(
                        [
                            .. memory.GetProperty("entries").EnumerateArray().Select(entry => new MemoryLedgerEntry(
                                Text(entry, "name"), entry.GetProperty("bytes").GetInt64(), Text(entry, "purpose"))),
                        ],
                        memory.GetProperty("available").GetInt64())
                    : null,
            };
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    private static PreflightVerdict Verdict(string name) =>
        Enum.TryParse(name, out PreflightVerdict verdict) && Enum.IsDefined(verdict) ? verdict : throw new FormatException($"'{name}' is no verdict.");
}
