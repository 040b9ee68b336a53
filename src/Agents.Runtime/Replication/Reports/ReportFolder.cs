using System.Text;
using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Runtime.Replication.Reports;

/// <summary>A folder of reports: per run a Markdown file, its plot and its findings as JSON, and a summary of all.</summary>
public static class ReportFolder
{
    /// <summary>Name of the summary.</summary>
    public const string SummaryName = "README.md";

    /// <summary>Writes a report, then the summary anew.</summary>
    /// <param name="folder">The folder; created when missing.</param>
    /// <param name="findings">What was found.</param>
    /// <returns>Path of the report.</returns>
    /// <exception cref="ReplicationException">A JSON file in the folder is no findings file.</exception>
    public static string Write(string folder, FindingsDocument findings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(findings);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, findings.FileName);
        Save(path + ".json", JsonSerializer.Serialize(findings, ReplicationJson.Readable.FindingsDocument) + "\n");
        Save(path + ".svg", ArmPlot.Draw(findings));
        Save(path + ".md", ReportText.Report(findings));
        Summarize(folder);
        return path + ".md";
    }

    /// <summary>Writes the summary from the findings files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ReplicationException">A JSON file in the folder is no findings file.</exception>
    public static void Summarize(string folder) => Save(Path.Combine(folder, SummaryName), ReportText.Summary(Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)));

    private static FindingsDocument Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ReplicationJson.Readable.FindingsDocument) ?? throw new JsonException("The file is null.");
        }
        catch (JsonException broken)
        {
            throw new ReplicationException($"'{path}' holds no findings of a replication: {broken.Message} Remove it, or name another folder for reports.", broken);
        }
    }

    private static void Save(string path, string text)
    {
        using AtomicFile file = new(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }
}
