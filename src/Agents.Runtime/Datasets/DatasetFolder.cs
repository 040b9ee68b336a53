using System.Text.Json;
using Agents.Models.Files;

namespace Agents.Runtime.Datasets;

/// <summary>Training sets in a folder: <c>sft.jsonl</c>, <c>preference.jsonl</c>, <c>value.jsonl</c>, <c>question.jsonl</c>, and <c>report.json</c> with the counts.</summary>
public static class DatasetFolder
{
    /// <summary>Writes the chosen sets; a file appears when it is whole, and the report last.</summary>
    /// <param name="dataset">The sets.</param>
    /// <param name="kinds">Which of them.</param>
    /// <param name="folder">The folder; created when it is missing.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>The files of the sets.</returns>
    public static IReadOnlyList<string> Write(Dataset dataset, DatasetKinds kinds, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        List<string> files = [];
        DatasetKinds[] order = [DatasetKinds.Supervised, DatasetKinds.Preference, DatasetKinds.Value, DatasetKinds.Question];
        foreach (((string name, IReadOnlyList<DatasetLine> lines), DatasetKinds kind) in dataset.Sets.Zip(order))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!kinds.HasFlag(kind))
            {
                continue;
            }

            using AtomicFile file = new(Path.Combine(folder, name + ".jsonl"));
            foreach (DatasetLine line in lines)
            {
                JsonSerializer.Serialize(file.Stream, line, DatasetJson.Readable.DatasetLine);
                file.Stream.WriteByte((byte)'\n');
            }

            file.Commit();
            files.Add(file.Path);
        }

        using AtomicFile report = new(Path.Combine(folder, "report.json"));
        JsonSerializer.Serialize(report.Stream, dataset.Report, DatasetJson.Readable.DatasetReport);
        report.Commit();
        return files;
    }
}
