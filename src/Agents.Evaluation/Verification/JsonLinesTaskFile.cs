using System.Globalization;
using System.Text.Json;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Verification;

/// <summary>
/// Reads question files: one JSON object per line with the texts "question" and "answer"; other fields are ignored, empty lines are
/// skipped. An answer may be a whole solution whose end marks the final answer, as in GSM8K ("… #### 18").
/// </summary>
public static class JsonLinesTaskFile
{
    private const int MaximumLine = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; its name without extension becomes the family of its items.</param>
    /// <param name="format">How final answers are marked, or null for the default.</param>
    /// <param name="cancellationToken">Ends reading early.</param>
    /// <exception cref="TaskFileException">A line is broken; the message names it.</exception>
    public static async Task<IReadOnlyList<TaskItem>> ReadAsync(string path, AnswerFormat? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var reader = new StreamReader(path);
        return await ReadAsync(reader, Path.GetFileNameWithoutExtension(path), format, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads from an open reader.</summary>
    /// <param name="reader">Source of lines; stays open.</param>
    /// <param name="name">Name of the set: family of the items and place in errors.</param>
    /// <param name="format">How final answers are marked, or null for the default.</param>
    /// <param name="cancellationToken">Ends reading early.</param>
    /// <exception cref="TaskFileException">A line is broken; the message names it.</exception>
    public static async Task<IReadOnlyList<TaskItem>> ReadAsync(TextReader reader, string name, AnswerFormat? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var items = new List<TaskItem>();
        long number = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                items.Add(Parse(line, name, number, items.Count, format ?? AnswerFormat.Default));
            }
        }

        return items;
    }

    private static TaskItem Parse(string line, string name, long number, int index, AnswerFormat format)
    {
        if (line.Length > MaximumLine)
        {
            throw new TaskFileException(name, number, $"the line has {line.Length} characters, at most {MaximumLine} are allowed");
        }

        string question;
        string solution;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            question = Field(document.RootElement, "question", name, number);
            solution = Field(document.RootElement, "answer", name, number);
        }
        catch (JsonException broken)
        {
            throw new TaskFileException(name, number, "it is no JSON", broken);
        }

        // An answer without a mark is the answer itself.
        ExtractedAnswer? marked = format.Find(solution);
        string answer = marked is null || marked.Source == AnswerSource.LastNumber ? solution.Trim() : marked.Text;
        int end = marked is null ? 0 : solution.LastIndexOf('\n');
        return new TaskItem
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{name}/{number}"),
            Family = name,
            Template = "file",
            Question = question,
            Answer = answer,
            Steps = end > 0 ? solution[..end] : "",
            Slots = format.Slots(answer),
            Facts = [question],
            Difficulty = 1,
            Split = TaskSplit.Test,
            Lineage = new TaskLineage(0, index, 0),
        };
    }

    private static string Field(JsonElement root, string field, string name, long number)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new TaskFileException(name, number, $"it is a JSON {root.ValueKind}, no object");
        }

        if (!root.TryGetProperty(field, out JsonElement value) || value.ValueKind != JsonValueKind.String)
        {
            throw new TaskFileException(name, number, $"the text \"{field}\" is missing");
        }

        string text = value.GetString()!;
        return string.IsNullOrWhiteSpace(text) ? throw new TaskFileException(name, number, $"\"{field}\" is empty") : text;
    }
}
