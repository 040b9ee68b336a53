using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agents.Training.Errors;

namespace Agents.Training.Manifests;

/// <summary>
/// The manifests of a pipeline as JSON lines, append only. Every line names the SHA-256 of the line before, so that a changed or missing line is noticed.
/// </summary>
public static class StageManifestFile
{
    private const string PreviousName = "previous";

    /// <summary>Appends a manifest and flushes it to disk.</summary>
    /// <param name="path">The file; created when missing.</param>
    /// <param name="manifest">The manifest.</param>
    /// <exception cref="TrainingException">The file is damaged; nothing is appended.</exception>
    public static void Append(string path, StageManifest manifest)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(manifest);
        string previous = File.Exists(path) ? Verified(path).Previous : Hash("");
        byte[] line = [.. Write(manifest, previous), (byte)'\n'];
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(line);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads all manifests in order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingException">A line is damaged, changed or missing.</exception>
    public static ImmutableArray<StageManifest> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Verified(path).Manifests;
    }

    /// <summary>Returns the SHA-256 of a file in lower-case hexadecimal, for <see cref="StageManifest.CheckpointHash"/>.</summary>
    /// <param name="path">The file.</param>
    public static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string Hash(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    private static byte[] Write(StageManifest manifest, string previous)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString(PreviousName, previous);
            json.WriteString("stage", manifest.Stage);
            json.WriteNumber("seed", manifest.Seed);
            WriteMap(json, "data", manifest.Data);
            WriteMap(json, "settings", manifest.Settings);
            json.WriteNumber("steps", manifest.Steps);
            json.WriteBoolean("optimizerReset", manifest.OptimizerReset);
            json.WriteString("parent", manifest.ParentGeneration);
            json.WriteString("checkpoint", manifest.CheckpointHash);
            json.WriteString("stop", manifest.Stop);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static (ImmutableArray<StageManifest> Manifests, string Previous) Verified(string path)
    {
        var manifests = ImmutableArray.CreateBuilder<StageManifest>();
        string previous = Hash("");
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                JsonElement root = json.RootElement;
                string? stated = root.GetProperty(PreviousName).GetString();
                if (stated != previous)
                {
                    throw new TrainingException($"{path}: line {manifests.Count + 1} follows a line with hash {stated}, but the one before it has {previous}: a manifest was changed or removed. Restore the file.");
                }

                manifests.Add(new StageManifest
                {
                    Stage = root.GetProperty("stage").GetString()!,
                    Seed = root.GetProperty("seed").GetUInt64(),
                    Data = Map(root.GetProperty("data")),
                    Settings = Map(root.GetProperty("settings")),
                    Steps = root.GetProperty("steps").GetInt64(),
                    OptimizerReset = root.GetProperty("optimizerReset").GetBoolean(),
                    ParentGeneration = root.GetProperty("parent").GetString()!,
                    CheckpointHash = root.GetProperty("checkpoint").GetString()!,
                    Stop = root.GetProperty("stop").GetString()!,
                });
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new TrainingException($"{path}: line {manifests.Count + 1} is no stage manifest: {e.Message} Restore the file.", e);
            }

            previous = Hash(line);
        }

        return (manifests.ToImmutable(), previous);
    }

    private static ImmutableSortedDictionary<string, string> Map(JsonElement element) =>
        element.EnumerateObject().ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value.GetString()!, StringComparer.Ordinal);
}
