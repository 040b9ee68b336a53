using System.Text.Json;

namespace Agents.Evaluation.Harness;

/// <summary>The rows of one evaluation in a <see cref="LineJournal"/>; the first line is the header.</summary>
internal sealed class EvaluationJournal : IDisposable
{
    private readonly LineJournal _lines;

    private EvaluationJournal(LineJournal lines, IReadOnlyList<EvaluationRow> rows)
    {
        _lines = lines;
        Rows = rows;
    }

    /// <summary>Gets the rows that were there when the journal was opened.</summary>
    public IReadOnlyList<EvaluationRow> Rows { get; }

    /// <summary>Opens a journal or starts one.</summary>
    /// <exception cref="EvaluationException">The file belongs to another run or is damaged.</exception>
    public static EvaluationJournal Open(string path, EvaluationJournalHeader header)
    {
        LineJournal lines = LineJournal.Open(path);
        try
        {
            if (lines.Lines.Count == 0)
            {
                lines.Append(JsonSerializer.Serialize(header, EvaluationJson.Default.EvaluationJournalHeader));
                return new EvaluationJournal(lines, []);
            }

            EvaluationJournalHeader? found = JsonSerializer.Deserialize(lines.Lines[0], EvaluationJson.Default.EvaluationJournalHeader);
            if (found != header)
            {
                throw new EvaluationException($"Journal {path} belongs to another run ({found}), expected {header}. Name another journal, or delete this one.");
            }

            return new EvaluationJournal(lines, [.. lines.Lines.Skip(1).Select(line => JsonSerializer.Deserialize(line, EvaluationJson.Default.EvaluationRow)!)]);
        }
        catch (JsonException broken)
        {
            lines.Dispose();
            throw new EvaluationException($"Journal {path} holds a line that is intact but no row of this version. Name another journal, or delete this one.", broken);
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    /// <summary>Appends a row; a crash leaves either the whole line or a torn one that the next opening cuts off.</summary>
    public void Append(EvaluationRow row) => _lines.Append(JsonSerializer.Serialize(row, EvaluationJson.Default.EvaluationRow));

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
