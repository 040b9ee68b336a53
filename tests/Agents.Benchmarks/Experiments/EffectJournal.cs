using System.Text;
using System.Text.Json;
using Agents.Evaluation;

namespace Agents.Benchmarks.Experiments;

/// <summary>Rows as JSON lines. What is there is not measured again, so an interrupted experiment goes on where it stopped.</summary>
internal sealed class EffectJournal
{
    private readonly string _path;
    private readonly List<EffectRow> _rows = [];

    /// <summary>Opens a journal or starts one. A torn last line (the process ended while writing) is cut off.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EvaluationException">A line before the last one is no row.</exception>
    public EffectJournal(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string text = File.Exists(path) ? File.ReadAllText(path) : "";
        int intact = text.LastIndexOf('\n') + 1;
        int number = 0;
        foreach (string line in text[..intact].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            _rows.Add(Read(line, number));
        }

        if (intact < text.Length)
        {
            File.WriteAllText(path, text[..intact]);
        }
    }

    /// <summary>Gets the rows in the order they were written.</summary>
    public IReadOnlyList<EffectRow> Rows => _rows;

    /// <summary>Finds a row; null when it was not measured yet.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="family">The trained family.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="settings">The settings in words.</param>
    public EffectRow? Find(string arm, string family, ulong seed, string settings) =>
        _rows.Find(row => row.Arm == arm && row.Family == family && row.Seed == seed && row.Settings == settings);

    /// <summary>Appends a row and flushes it to the disk.</summary>
    /// <param name="row">The row.</param>
    public void Append(EffectRow row)
    {
        byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(row) + "\n");
        using FileStream file = new(_path, FileMode.Append);
        file.Write(line);
        file.Flush(flushToDisk: true);
        _rows.Add(row);
    }

    private EffectRow Read(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<EffectRow>(line) ?? throw new JsonException("The line is null.");
        }
        catch (JsonException broken)
        {
            throw new EvaluationException($"Line {number} of {_path} is no row of this experiment ({broken.Message}). Restore the journal, or name another one.", broken);
        }
    }
}
